import { type ArConfig, headGroupSize, isOnSphere } from "../model/mod.ts";
import { type Guidance, isGuided } from "./guidance.ts";
import type { Rows } from "./noise.ts";
import { type StepSchedule, stepsOfTokens } from "./schedule.ts";
import { type SolverName, type SolverStep, solverSteps } from "./solver.ts";

/** How images are sampled. */
export interface SamplingOptions {
  readonly solver: SolverName;
  /** Solver steps per token; Euler-Maruyama adds its last one. */
  readonly steps: StepSchedule;
  readonly guidance: Guidance;
  /**
   * Whether finished tokens are projected onto the sphere; where latents lie on
   * it, unless given.
   */
  readonly projects?: boolean;
}

/** The solver steps of one token, as rows of a plan's table. */
export interface TokenSteps {
  readonly first: number;
  /** A multiple of the plan's `unroll`; the last ones may be idle. */
  readonly count: number;
}

/** Everything static about sampling one batch. */
export interface SamplingPlan {
  readonly config: ArConfig;
  readonly guidance: Guidance;
  /** Whether finished tokens are projected onto the sphere. */
  readonly projects: boolean;
  readonly rows: Rows;
  /** Solver steps of every count that some token has, one after another. */
  readonly table: readonly SolverStep[];
  /** Where each token finds its steps. */
  readonly tokens: readonly TokenSteps[];
  /** Solver steps in one engine call. */
  readonly unroll: number;
  /**
   * Solver steps whose modulations are computed in one product, a multiple of
   * `unroll`: at few rows that reads the weights once for all of them. 0 where
   * each step computes its own.
   */
  readonly ahead: number;
}

/** Rows up to which modulating ahead saves more than it costs. */
const FEW_ROWS = 16;
/** Steps modulated at once where tokens differ: more would be for nothing. */
const AHEAD_OF_SCHEDULE = 16;
/** Modulations of the steps ahead: bytes allowed for them. */
const AHEAD_BYTES = 256 * 2 ** 20;
/** Most solver steps in one engine call. */
const MAX_UNROLL = 16;

const IDLE: SolverStep = { t: 1, keep: 1, push: 0, noise: 0 };

/** Plans a batch of `images` images. */
export function planSampling(
  config: ArConfig,
  images: number,
  { solver, steps, guidance, projects = isOnSphere(config) }: SamplingOptions,
): SamplingPlan {
  const rows = images * (isGuided(guidance) ? 2 : 1);
  const wanted = stepsOfTokens(steps, config.grid ** 2);
  const lists = new Map(
    wanted.map((count) => [count, solverSteps({ solver, steps: count })]),
  );
  const counts = wanted.map((count) => lists.get(count)!.length);
  const unroll = chooseUnroll(counts);
  const ahead = rows <= FEW_ROWS
    ? chooseAhead(counts, { unroll, stepBytes: aheadBytes(config, rows) })
    : 0;
  const { table, places } = layOut(lists, { unroll, ahead });
  return {
    config,
    guidance,
    projects,
    rows: { images, rows, d: config.latent_dim },
    table,
    tokens: wanted.map((count) => places.get(count)!),
    unroll,
    ahead,
  };
}

/** Lists of steps end to end, each filled up with idle ones to a multiple of `unroll`. */
function layOut(
  lists: ReadonlyMap<number, readonly SolverStep[]>,
  { unroll, ahead }: { unroll: number; ahead: number },
): { table: SolverStep[]; places: Map<number, TokenSteps> } {
  const table: SolverStep[] = [];
  const places = new Map<number, TokenSteps>();
  let end = 0;
  for (const [key, steps] of lists) {
    const first = table.length;
    const count = padded(steps.length, unroll);
    table.push(...steps, ...idle(count - steps.length));
    places.set(key, { first, count });
    // A token's last steps are modulated together with what follows them.
    end = Math.max(end, first + padded(count, Math.max(1, ahead)));
  }
  table.push(...idle(Math.max(0, end - table.length)));
  return { table, places };
}

function idle(count: number): SolverStep[] {
  return new Array<SolverStep>(count).fill(IDLE);
}

function padded(steps: number, unroll: number): number {
  return Math.ceil(steps / unroll) * unroll;
}

/** Fewest solver steps in one call, where there is a choice. */
const MIN_UNROLL = 4;

/** The unrolling that wastes fewest idle steps, larger ones first. */
function chooseUnroll(counts: readonly number[]): number {
  const most = Math.min(MAX_UNROLL, Math.max(...counts));
  let best = most;
  const total = (unroll: number) =>
    counts.reduce((sum, count) => sum + padded(count, unroll), 0);
  for (let unroll = most - 1; unroll >= MIN_UNROLL; unroll--) {
    if (total(unroll) < total(best)) best = unroll;
  }
  return best;
}

/** Numbers of modulations of one group of blocks, and of the final layer. */
export const MODULATIONS = { group: 3, final: 2 } as const;

/** How many modulations, of [R, W] each, one solver step reads. */
export function modulationCount(config: ArConfig): number {
  const groups = config.diff_layers / headGroupSize(config);
  return MODULATIONS.group * groups + MODULATIONS.final;
}

function aheadBytes(config: ArConfig, rows: number): number {
  return 4 * modulationCount(config) * rows * config.diff_dim;
}

function chooseAhead(
  counts: readonly number[],
  { unroll, stepBytes }: { unroll: number; stepBytes: number },
): number {
  const most = padded(Math.max(...counts), unroll);
  const isConstant = counts.every((count) => count === counts[0]);
  const wanted = isConstant ? most : padded(AHEAD_OF_SCHEDULE, unroll);
  const fitting = Math.floor(AHEAD_BYTES / stepBytes / unroll) * unroll;
  return Math.max(unroll, Math.min(most, wanted, fitting));
}
