import type { Executable, Program } from "../../tensor/mod.ts";
import type { EngineWorker } from "./engine_worker.ts";
import type { OnnxTensor, SharedTensor } from "./memory.ts";
import type { Plan, SlotIndex } from "./plan.ts";

/** A program of which a worker has loaded the models. */
export class OnnxExecutable implements Executable {
  disposed = false;
  /** The tensor in each slot at the next run; null where steps need none. */
  readonly tensors: (SharedTensor | null)[];
  constructor(
    readonly id: number,
    readonly program: Program,
    readonly plan: Plan,
    readonly worker: EngineWorker,
    readonly frozen: ReadonlySet<string>,
    /** Memory of its own, by slot: all slots but the states. */
    readonly own: ReadonlyMap<SlotIndex, SharedTensor>,
    readonly outputs: Readonly<Record<string, OnnxTensor>>,
  ) {
    this.tensors = plan.slots.map((_, slot) => own.get(slot) ?? null);
  }
}
