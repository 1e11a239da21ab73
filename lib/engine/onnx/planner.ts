import {
  expandFrozen,
  type FrozenTensor,
  type HostTensor,
  isOp,
  type Node,
  type Program,
  sizeOf,
  type Tensor,
  topologicalOrder,
} from "../../tensor/mod.ts";
import { expandForOnnx, leavesOf, lowerGraph } from "./lower.ts";
import type { PlannedModel } from "./model.ts";
import type { Plan, Slot, SlotIndex, StateSlots, Step } from "./plan.ts";
import type { FrozenLeaves } from "./weights/frozen.ts";

/** A tensor that a session makes and the slot where it goes. */
interface End {
  readonly tensor: Tensor;
  readonly slot: SlotIndex;
}

/** The writes that make a next state of a state, first one first; null when there are none. */
function writesOf(
  value: Node<"input">,
  next: Tensor,
): Node<"update_slice">[] | null {
  const updates: Node<"update_slice">[] = [];
  let node = next;
  while (isOp(node, "update_slice")) {
    updates.unshift(node);
    node = node.inputs[0]!;
  }
  return node === value ? updates : null;
}

/** What is known of a program before it is planned. */
export interface PlanContext {
  /** Frozen values in memory, by the leaves that they stand for. */
  readonly frozen?: ReadonlyMap<Tensor, FrozenTensor>;
  /** Frozen matrices that are read only when the models are stored. */
  readonly leaves?: FrozenLeaves;
  /**
   * Channels in a block of onnxruntime's blocked layout on this CPU; null where
   * it is unknown.
   */
  readonly block?: number | null;
  /** Whether every operator runs on one thread, false unless given. */
  readonly singleThread?: boolean;
}

/** Lays out what a run of a program does. */
class Planner {
  readonly #program: Program;
  readonly #context: Required<PlanContext>;
  readonly #given: Map<Tensor, string>;
  readonly #slots: Slot[] = [];
  readonly #leafSlots = new Map<Tensor, SlotIndex>();
  readonly #constants = new Map<SlotIndex, HostTensor>();
  readonly #models: PlannedModel[] = [];
  readonly #steps: Step[] = [];

  constructor(program: Program, context: Required<PlanContext>) {
    this.#program = program;
    this.#context = context;
    this.#given = leavesOf(program);
    for (const leaf of [...context.frozen.keys(), ...context.leaves.keys()]) {
      this.#given.delete(leaf);
    }
  }

  #isFrozen(leaf: Tensor): boolean {
    const { frozen, leaves } = this.#context;
    return frozen.has(leaf) || leaves.has(leaf);
  }

  plan(): Plan {
    const { name, inputs, outputs, state } = this.#program;
    const nexts = Object.values(state).map(({ value, next }) => next ?? value);
    const expanded = expandForOnnx([...Object.values(outputs), ...nexts]);
    const names = Object.keys(outputs);
    const ends = expanded.slice(0, names.length)
      .map((tensor) => ({ tensor, slot: this.#newSlot(tensor) }));
    const outputSlots = new Map(names.map((key, i) => [key, ends[i]!.slot]));
    const writes: Step[] = [];
    const stateSlots = this.#planState(expanded.slice(names.length), {
      ends,
      writes,
    });
    this.#planDraws(ends);
    this.#planSession(name, ends);
    this.#steps.push(...writes);
    const inputSlots = Object.entries(inputs)
      .map(([key, node]) => [key, this.#leafSlot(node)] as const);
    return {
      slots: this.#slots,
      models: this.#models,
      steps: this.#steps,
      inputs: new Map(inputSlots),
      state: stateSlots,
      outputs: outputSlots,
      constants: this.#constants,
    };
  }

  #newSlot({ dtype, shape }: Tensor): SlotIndex {
    return this.#slots.push({ type: dtype, shape }) - 1;
  }

  /** The slot of an input, state, draw or constant. */
  #leafSlot(leaf: Tensor): SlotIndex {
    let slot = this.#leafSlots.get(leaf);
    if (slot === undefined) {
      this.#leafSlots.set(leaf, slot = this.#newSlot(leaf));
      const value = isOp(leaf, "constant")
        ? leaf.attributes.value
        : this.#context.frozen.get(leaf);
      if (value !== undefined) {
        this.#constants.set(slot, expandFrozen(value));
      }
    }
    return slot;
  }

  /** The slot of a leaf, or a new one that a session must fill. */
  #slotFor(tensor: Tensor, ends: End[]): SlotIndex {
    if (tensor.inputs.length === 0) return this.#leafSlot(tensor);
    const slot = this.#newSlot(tensor);
    ends.push({ tensor, slot });
    return slot;
  }

  #planState(
    nexts: readonly Tensor[],
    { ends, writes }: { ends: End[]; writes: Step[] },
  ): Map<string, StateSlots> {
    const slots = new Map<string, StateSlots>();
    Object.entries(this.#program.state).forEach(([key, { value }], i) => {
      if (this.#isFrozen(value)) return;
      const current = this.#leafSlot(value);
      const updates = writesOf(value, nexts[i]!);
      if (updates === null) {
        const next = this.#newSlot(value);
        ends.push({ tensor: nexts[i]!, slot: next });
        slots.set(key, { current, next });
        return;
      }
      slots.set(key, { current });
      for (const { inputs, attributes: { axis } } of updates) {
        const [, update, start] = inputs as readonly [Tensor, Tensor, Tensor];
        if (sizeOf(update.shape) === 0) continue;
        // Always copied: the update may be a state that another write changes.
        const rows = this.#newSlot(update);
        ends.push({ tensor: update, slot: rows });
        const at = this.#slotFor(start, ends);
        const target = current;
        writes.push({ kind: "write", target, update: rows, start: at, axis });
      }
    });
    return slots;
  }

  /** Draws happen before the session, and before them what their counters are. */
  #planDraws(ends: readonly End[]): void {
    const draws = topologicalOrder(ends.map(({ tensor }) => tensor))
      .filter((node): node is Node<"uniform"> => isOp(node, "uniform"))
      .filter((node) => sizeOf(node.shape) > 0);
    const counters: End[] = [];
    const steps = draws.map((draw): Step => {
      const [key, rows, step] = draw.inputs
        .map((node) => this.#slotFor(node, counters)) as [
          SlotIndex,
          SlotIndex,
          SlotIndex,
        ];
      const { stream } = draw.attributes;
      const target = this.#leafSlot(draw);
      return { kind: "uniform", key, rows, step, stream, target };
    });
    this.#planSession(`${this.#program.name}/counters`, counters);
    this.#steps.push(...steps);
    draws.forEach((draw, i) => this.#given.set(draw, `draws/${i}`));
  }

  #planSession(name: string, ends: readonly End[]): void {
    const filled = ends.filter(({ tensor }) => sizeOf(tensor.shape) > 0);
    if (filled.length === 0) return;
    const { model, inputs } = lowerGraph({
      name,
      outputs: filled.map(({ tensor }) => tensor),
      given: this.#given,
      ...this.#context,
    });
    this.#steps.push({
      kind: "session",
      model: this.#models.push(model) - 1,
      inputs: inputs.map((tensor) => this.#leafSlot(tensor)),
      outputs: filled.map(({ slot }) => slot),
    });
  }
}

/** Lays out what a run of a program does: sessions, draws, writes into state. */
export function planProgram(
  program: Program,
  {
    frozen = new Map(),
    leaves = new Map(),
    block = null,
    singleThread = false,
  }: PlanContext = {},
): Plan {
  return new Planner(program, { frozen, leaves, block, singleThread }).plan();
}
