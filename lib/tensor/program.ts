import { isOp, type Node, type Tensor } from "./node.ts";
import { topologicalOrder } from "./graph.ts";
import { sameShape } from "./shape.ts";

/** A value that outlives a run: read as `value`, replaced by `next` after the run. */
export interface StateSlot {
  readonly value: Node<"input">;
  /** Absent where the program only reads it. */
  readonly next?: Tensor;
}

/** A graph with named ends: what an engine compiles. */
export interface Program {
  readonly name: string;
  /** Given by the host at each run. */
  readonly inputs: Readonly<Record<string, Node<"input">>>;
  /** Kept by the engine between runs. */
  readonly state: Readonly<Record<string, StateSlot>>;
  readonly outputs: Readonly<Record<string, Tensor>>;
  /**
   * How often a run does the same work anew, each time on what the time before
   * left; 1 unless said. Only the count of its cost asks.
   */
  readonly rounds?: number;
}

/**
 * Checks a program: every leaf it reads is one of its inputs or state, and
 * next states have the type of the values that they replace.
 *
 * @throws {TypeError} naming the leaf or the state
 */
export function program(
  name: string,
  parts: Partial<Omit<Program, "name">>,
): Program {
  const { inputs = {}, state = {}, outputs = {}, rounds = 1 } = parts;
  const result: Program = { name, inputs, state, outputs, rounds };
  const known = new Set<Tensor>(Object.values(inputs));
  for (const [key, { value, next }] of Object.entries(state)) {
    known.add(value);
    const fits = next === undefined ||
      (sameShape(next.shape, value.shape) && next.dtype === value.dtype);
    if (!fits) {
      throw new TypeError(
        `Cannot make program "${name}": state "${key}" is ${value.dtype} ` +
          `[${value.shape}], its next value ${next!.dtype} [${next!.shape}]`,
      );
    }
  }
  for (const node of topologicalOrder(roots(result))) {
    if (isOp(node, "input") && !known.has(node)) {
      throw new TypeError(
        `Cannot make program "${name}": input "${node.attributes.name}" ` +
          `is neither among its inputs nor its state`,
      );
    }
  }
  return result;
}

/** Everything that a run must compute: outputs and next states. */
export function roots({ outputs, state }: Program): Tensor[] {
  const next = Object.values(state).flatMap((slot) => slot.next ?? []);
  return [...Object.values(outputs), ...next];
}
