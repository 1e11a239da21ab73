import { availableParallelism, cpus, loadavg, totalmem } from "node:os";
import process from "node:process";
import type { Engine } from "../lib/tensor/mod.ts";

/** The machine of a result, without anything that names its owner. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly engine: string;
}

/** Describes the machine and the engine on it. */
export function describeMachine(engine: Engine): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${process.arch}`,
    engine: engine.description,
  };
}

/** Runnable jobs on average over the last minute: near 0 where all is quiet. */
export function loadOfLastMinute(): number {
  return Number(loadavg()[0]!.toFixed(2));
}
