import type { HostTensor } from "../../tensor/mod.ts";
import type { OnnxType, PlannedModel } from "./model.ts";

/** Place of a tensor among the tensors that a plan works on. */
export type SlotIndex = number;

/** Type of the tensor in a slot. */
export interface Slot {
  readonly type: OnnxType;
  readonly shape: readonly number[];
}

/** Runs a model: its inputs and outputs are read from and written to slots. */
export interface SessionStep {
  readonly kind: "session";
  /** Index among the plan's models. */
  readonly model: number;
  readonly inputs: readonly SlotIndex[];
  readonly outputs: readonly SlotIndex[];
}

/** Fills a slot with draws (the op `uniform`). */
export interface UniformStep {
  readonly kind: "uniform";
  readonly key: SlotIndex;
  readonly rows: SlotIndex;
  readonly step: SlotIndex;
  readonly stream: number;
  readonly target: SlotIndex;
}

/** Writes rows into a state where it lies (the op `update_slice`). */
export interface WriteStep {
  readonly kind: "write";
  readonly target: SlotIndex;
  readonly update: SlotIndex;
  readonly start: SlotIndex;
  readonly axis: number;
}

export type Step = SessionStep | UniformStep | WriteStep;

/** Slots of a state: `next` is absent where it is not replaced as a whole. */
export interface StateSlots {
  readonly current: SlotIndex;
  readonly next?: SlotIndex;
}

/** What the engine does at each run of a program. */
export interface Plan {
  readonly slots: readonly Slot[];
  readonly models: readonly PlannedModel[];
  /** In the order in which they happen. */
  readonly steps: readonly Step[];
  readonly inputs: ReadonlyMap<string, SlotIndex>;
  readonly state: ReadonlyMap<string, StateSlots>;
  readonly outputs: ReadonlyMap<string, SlotIndex>;
  /** Slots that never change, with their values. */
  readonly constants: ReadonlyMap<SlotIndex, HostTensor>;
}
