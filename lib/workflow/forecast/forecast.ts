import {
  estimateSteps,
  type Plan,
  type StepEstimate,
  type StepResult,
} from "../../pipeline/mod.ts";
import {
  type Engine,
  type HardwarePeak,
  leastSecondsOf,
} from "../../tensor/mod.ts";
import { measureSpeed } from "./speed.ts";

/** What a step would take. */
export interface StepForecast {
  readonly id: string;
  readonly state: StepEstimate["state"];
  /** What it works on, in words. */
  readonly amount?: string | undefined;
  /** Bytes on the disk after it; null where nobody knows. */
  readonly bytes: number | null;
  /** Multiplications and additions of products and convolutions; null as above. */
  readonly flops: number | null;
  /** What its time goes to, where both are known. */
  readonly boundBy?: "arithmetic" | "memory";
  /** Time at the measured speed; null where work or speed is not known. */
  readonly seconds: number | null;
  readonly notes: readonly string[];
}

/** What is left of a pipeline, step by step and in all. */
export interface Forecast {
  readonly steps: readonly StepForecast[];
  /** Sums over the steps of which they are known. */
  readonly total: {
    readonly bytes: number;
    readonly flops: number;
    readonly seconds: number | null;
  };
  /** What the machine reached in the trial; null where it was not measured. */
  readonly speed: HardwarePeak | null;
}

/**
 * What the steps of a pipeline would take that are not done, on the engine that
 * the user chose, which is tried for some seconds.
 *
 * @throws {UserError} where numbers do not fit what they will find
 */
export async function forecastPlan(
  plan: Plan,
  results: readonly StepResult[],
  engine: Engine,
): Promise<Forecast> {
  const { workers } = engine;
  const estimates = await estimateSteps(plan, results, { workers });
  return forecastOf(estimates, await measureSpeed(engine));
}

/** What the steps of a pipeline would take at a speed. */
export function forecastOf(
  estimates: readonly StepEstimate[],
  speed: HardwarePeak | undefined,
): Forecast {
  const steps = estimates.map((each) => forecastStep(each, speed));
  const sum = (key: "bytes" | "flops" | "seconds") =>
    steps.reduce((total, step) => total + (step[key] ?? 0), 0);
  return {
    steps,
    total: {
      bytes: sum("bytes"),
      flops: sum("flops"),
      seconds: speed === undefined ? null : sum("seconds"),
    },
    speed: speed ?? null,
  };
}

function forecastStep(
  { id, state, known, amount, bytes, work = [], notes = [] }: StepEstimate,
  speed: HardwarePeak | undefined,
): StepForecast {
  const step = { id, state, amount, notes };
  if (!known) return { ...step, bytes: null, flops: null, seconds: null };
  const flops = work.reduce((sum, each) => sum + each.runs * each.flops, 0);
  if (speed === undefined || work.length === 0) {
    const seconds = work.length === 0 ? 0 : null;
    return { ...step, bytes, flops, seconds };
  }
  const least = leastSecondsOf(work, speed);
  const boundBy = least.flops > least.bytes ? "arithmetic" : "memory";
  return { ...step, bytes, flops, boundBy, seconds: least.both };
}
