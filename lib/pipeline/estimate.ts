import type { PlannedArtifact } from "../artifact/mod.ts";
import type { ProgramRuns } from "../tensor/engine.ts";

/** What a stage would do and leave, as far as that is known before. */
export interface Estimate {
  /** What it works on in words, such as `500,400 steps of 256 images`. */
  readonly amount?: string;
  /** Runs of programs on the engine. */
  readonly work?: readonly ProgramRuns[];
  /** What its outputs will say of themselves. */
  readonly outputs?: Readonly<Record<string, PlannedArtifact>>;
  /** What was assumed, a line each. */
  readonly notes?: readonly string[];
}

/** What is known of the machine. */
export interface EstimateTools {
  /** Programs that the engine may run side by side. */
  readonly workers?: number | undefined;
}
