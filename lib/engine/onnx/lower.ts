import {
  expandComposites,
  expandFrozen,
  type FrozenTensor,
  hasTrait,
  type Node,
  type Program,
  ruleOf,
  sizeOf,
  type Tensor,
  topologicalOrder,
} from "../../tensor/mod.ts";
import { type Dialect, type Lower, Lowering } from "./lowering.ts";
import type { OnnxValue, PlannedModel } from "./model.ts";
import { lowerBlocked } from "./blocked/mod.ts";
import { LOWERINGS } from "./ops/mod.ts";
import { plainRows } from "./weights/forms.ts";
import {
  type FrozenLeaves,
  type FrozenRows,
  frozenRows,
} from "./weights/frozen.ts";

/** Values of the leaves of a graph, and what is asked of it. */
export interface GraphParts {
  readonly name: string;
  /** Each with elements; one that is asked for twice is made twice. */
  readonly outputs: readonly Tensor[];
  /** Names of the tensors that are given at each run: inputs, state, draws. */
  readonly given: ReadonlyMap<Tensor, string>;
  /** Inputs whose values are known: they become constants. */
  readonly frozen: ReadonlyMap<Tensor, FrozenTensor>;
  /** Matrices among the inputs whose values are known, but not read yet. */
  readonly leaves: FrozenLeaves;
  /** Channels in a block of the blocked layout; null where there is none. */
  readonly block: number | null;
  /** Whether every operator runs on one thread. */
  readonly singleThread: boolean;
  readonly dialect?: Dialect;
}

/** A model, and the tensors that it reads, in its order. */
export interface LoweredGraph {
  readonly model: PlannedModel;
  readonly inputs: readonly Tensor[];
}

/** Whether an op is lowered whole. */
function isWhole(node: Tensor, dialect: Dialect): boolean {
  if (LOWERINGS[dialect][node.op] === "expand") return false;
  return node.dtype === "f32";
}

/** The graph with the composites that have no lowering expanded. */
export function expandForOnnx(
  outputs: readonly Tensor[],
  dialect: Dialect = "onnxruntime",
): Tensor[] {
  return expandComposites(outputs, (node) => isWhole(node, dialect));
}

/** Lowers the graph behind `outputs`, which has been through expandForOnnx. */
export function lowerGraph(parts: GraphParts): LoweredGraph {
  const { outputs, dialect = "onnxruntime" } = parts;
  const order = orderedBehind(outputs, parts.given);
  const lowering = new Lowering(order, outputs, { ...parts, dialect });
  const inputs = bindLeaves(lowering, order, parts);
  const { block } = parts;
  const lowersBlocked = block === null
    ? () => false
    : lowerBlocked(order, { block, lowering });
  for (const node of order) {
    if (lowering.has(node)) continue;
    lowering.builder.scope = node.scope.replaceAll(".", "/");
    const rows = frozenRows(node, parts.leaves);
    if (rows !== null) lowering.set(node, emitRows(rows, lowering));
    else if (!lowersBlocked(node)) {
      lowering.set(node, lowerNode(node, lowering));
    }
  }
  const taken = new Set([...inputs.values()].map((value) => value.name));
  const results = outputs.map((output) => asOutput(output, taken, lowering));
  const { nodes, initializers, used } = lowering.builder.prune(results);
  const read = [...inputs].filter(([, { name }]) => used.has(name));
  return {
    model: {
      name: parts.name,
      nodes,
      initializers,
      inputs: read.map(([, value]) => value),
      outputs: results,
    },
    inputs: read.map(([tensor]) => tensor),
  };
}

/** All nodes that `outputs` need, not looking behind those that are given. */
function orderedBehind(
  outputs: readonly Tensor[],
  given: ReadonlyMap<Tensor, string>,
): Tensor[] {
  const needed = new Set<Tensor>(outputs);
  for (const node of needed) {
    if (given.has(node)) continue;
    for (const input of node.inputs) needed.add(input);
  }
  return topologicalOrder(outputs).filter((node) => needed.has(node));
}

function bindLeaves(
  lowering: Lowering,
  order: readonly Tensor[],
  { given, frozen, leaves }: GraphParts,
): Map<Tensor, OnnxValue> {
  const inputs = new Map<Tensor, OnnxValue>();
  for (const node of order) {
    const { shape, dtype: type } = node;
    const value = frozen.get(node);
    const name = given.get(node);
    if (leaves.has(node)) continue;
    if (value !== undefined) {
      lowering.set(node, freeze(node, value, lowering));
    } else if (name !== undefined) {
      const input = { name, type, shape };
      inputs.set(node, input);
      lowering.set(node, input);
    }
  }
  return inputs;
}

function emitRows(rows: FrozenRows, { builder }: Lowering): OnnxValue {
  const shape = [rows.count, rows.width];
  return builder.deferred({ type: "f32", shape }, plainRows(rows));
}

/** A constant with the leaf's own name, such as a parameter's. */
function freeze(
  node: Tensor,
  value: FrozenTensor,
  { builder }: Lowering,
): OnnxValue {
  const { dtype, data } = expandFrozen(value);
  const { buffer, byteOffset, byteLength } = dtype === "f64"
    ? Float32Array.from(data)
    : data;
  const { name } = (node as Node<"input">).attributes;
  const { shape, dtype: type } = node;
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  return builder.initializer({ name, type, shape }, { bytes });
}

function lowerNode(node: Tensor, lowering: Lowering): OnnxValue {
  if (sizeOf(node.shape) === 0) return lowering.filled(0, node);
  const empty = node.inputs.some((input) => sizeOf(input.shape) === 0);
  if (empty && !joinsParts(node)) {
    return lowering.filled(ruleOf(node).identity ?? 0, node);
  }
  const lower = LOWERINGS[lowering.dialect][node.op];
  if (lower === "expand") {
    throw new Error(`internal: composite "${node.op}" is not expanded`);
  }
  return (lower as Lower<Node["op"]>)(node, lowering);
}

/**
 * Whether an op with an empty operand still shows its others; all others then
 * sum over nothing.
 */
function joinsParts(node: Tensor): boolean {
  return hasTrait(node, "joins") || hasTrait(node, "elementwise");
}

/** The value as an output: not an input, a constant or an output already. */
function asOutput(
  output: Tensor,
  taken: Set<string>,
  lowering: Lowering,
): OnnxValue {
  const { builder } = lowering;
  let value = lowering.value(output);
  if (taken.has(value.name) || builder.isConstant(value)) {
    const { type, shape } = value;
    value = builder.emit("Identity", [value], { type, shape });
  }
  taken.add(value.name);
  return value;
}

/** Inputs of a program by node, with names that cannot meet. */
export function leavesOf(
  { inputs, state }: Program,
): Map<Tensor, string> {
  const names = new Map<Tensor, string>();
  for (const [key, node] of Object.entries(inputs)) {
    names.set(node, `inputs/${key}`);
  }
  for (const [key, slot] of Object.entries(state)) {
    names.set(slot.value, `state/${key}`);
  }
  return names;
}
