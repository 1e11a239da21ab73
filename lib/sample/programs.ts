import type { Program } from "../tensor/mod.ts";
import { Parameters } from "../nn/mod.ts";
import {
  modulateProgram,
  solveProgram,
  timesProgram,
} from "./head_programs.ts";
import type { Noise } from "./noise.ts";
import type { SamplingPlan } from "./plan.ts";
import { type Build, Leaves } from "./program_parts.ts";
import { finishProgram, startProgram, tokenProgram } from "./token_programs.ts";

/** The programs of one sampling plan; states are shared by name. */
export interface SamplingPrograms {
  /** Embeds the times of all solver steps; once a sampler. */
  readonly times: Program;
  /** Reads the classes, fills the caches, starts token 0. */
  readonly start: Program;
  /** Reads the token just finished and starts the next one. */
  readonly token: Program;
  /** Modulations of the steps ahead, where the plan has them computed ahead. */
  readonly modulate?: Program;
  /** `unroll` solver steps. */
  readonly solve: Program;
  /** Stores the last token; its output `tokens` is [R, N, d]. */
  readonly finish: Program;
}

/** Builds the programs of a plan. */
export function samplingPrograms(
  plan: SamplingPlan,
  noise: Noise,
): SamplingPrograms {
  const leaves = new Leaves(plan);
  const p = new Parameters(leaves.parameters);
  const build: Build = { plan, leaves, p, noise };
  return {
    times: timesProgram(build),
    start: startProgram(build),
    token: tokenProgram(build),
    ...(plan.ahead > 0 && { modulate: modulateProgram(build) }),
    solve: solveProgram(build),
    finish: finishProgram(build),
  };
}
