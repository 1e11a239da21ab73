import { sizeOf } from "../tensor/mod.ts";
import { type ArConfig, arShapes } from "../model/mod.ts";
import { type Guidance, isGuided } from "./guidance.ts";
import type { Rows } from "./noise.ts";
import { type SolverName, type SolverStep, solverSteps } from "./solver.ts";

/** How images are sampled. */
export interface SamplingOptions {
  readonly solver: SolverName;
  /** Solver steps per token; Euler-Maruyama adds its last one. */
  readonly steps: number;
  readonly guidance: Guidance;
}

/** Everything static about sampling one batch. */
export interface SamplingPlan {
  readonly config: ArConfig;
  readonly guidance: Guidance;
  readonly rows: Rows;
  /** Solver steps, filled up with idle ones to a multiple of `unroll`. */
  readonly steps: readonly SolverStep[];
  /** Solver steps in one engine call. */
  readonly unroll: number;
  /**
   * Whether a token's modulations of all steps are computed in one product: at
   * few rows that reads the weights once a token instead of once a step.
   */
  readonly modulateAhead: boolean;
}

/** Rows up to which modulating ahead saves more than it costs. */
const FEW_ROWS = 16;
/** Most solver steps in one engine call. */
const MAX_UNROLL = 16;
/** An engine may pack weights once an unrolled step: bytes allowed for that. */
const UNROLL_BYTES = 64 * 2 ** 20;

const IDLE: SolverStep = { t: 1, keep: 1, push: 0, noise: 0 };

/** Plans a batch of `images` images. */
export function planSampling(
  config: ArConfig,
  images: number,
  { solver, steps, guidance }: SamplingOptions,
): SamplingPlan {
  const all = solverSteps({ solver, steps });
  const unroll = chooseUnroll(all.length, headBytes(config));
  const rows = images * (isGuided(guidance) ? 2 : 1);
  const idle = Math.ceil(all.length / unroll) * unroll - all.length;
  return {
    config,
    guidance,
    rows: { images, rows, d: config.latent_dim },
    steps: [...all, ...new Array<SolverStep>(idle).fill(IDLE)],
    unroll,
    modulateAhead: rows <= FEW_ROWS,
  };
}

function headBytes(config: ArConfig): number {
  const shapes = Object.entries(arShapes(config))
    .filter(([name]) => name.startsWith("head."))
    .map(([, shape]) => sizeOf(shape));
  return 4 * shapes.reduce((sum, size) => sum + size, 0);
}

/** Fewest solver steps in one call, where there is a choice. */
const MIN_UNROLL = 4;

/** The unrolling that wastes fewest idle steps, larger ones first. */
function chooseUnroll(steps: number, bytes: number): number {
  const limit = Math.floor(UNROLL_BYTES / bytes);
  const most = Math.max(1, Math.min(MAX_UNROLL, limit, steps));
  let best = most;
  const padded = (unroll: number) => Math.ceil(steps / unroll) * unroll;
  for (let unroll = most - 1; unroll >= MIN_UNROLL; unroll--) {
    if (padded(unroll) < padded(best)) best = unroll;
  }
  return best;
}
