import {
  enoughGroups,
  type KernelContext,
  type KernelLimits,
  type NarrowSubgroup,
  narrowSubgroup,
} from "../context.ts";
import type { Kernel } from "../code.ts";
import { broadcastKernel } from "./broadcast.ts";
import { joinKernel } from "./join.ts";
import type { ProblemSizes } from "./problem.ts";
import { cutTerms, type Job } from "./result.ts";
import {
  sharedBytesOf,
  tiledKernel,
  type Tiling,
  workgroupOf,
} from "./tiled.ts";

/** Terms of one sum that an invocation may add up: some drivers stop loops at 65,535 turns. */
const LONGEST_SUM = 16384;

/** Terms below which a sum is not cut for the sake of more workgroups. */
const SHORTEST_PART = 256;

/** A way to compute products. */
export interface Variant {
  readonly name: string;
  /** Rows and columns of a workgroup's tile. */
  readonly rows: number;
  readonly columns: number;
  /** Whether an adapter can run it. */
  applies(limits: KernelLimits): boolean;
  /** The kernel of a job whose parts are cut. */
  make(job: Job, context: KernelContext): Kernel;
}

function tiled(tiling: Tiling): Variant {
  const { rows, columns, rowsEach, columnsEach } = tiling;
  return {
    name: `tiled ${rows}x${columns} by ${rowsEach}x${columnsEach}`,
    rows,
    columns,
    applies: ({ sharedBytes, maxInvocations }) =>
      sharedBytesOf(tiling) <= sharedBytes &&
      workgroupOf(tiling) <= maxInvocations,
    make: (job, { homes }) => tiledKernel(job, { homes, tiling }),
  };
}

function broadcast(
  lanes: NarrowSubgroup,
  rows: number,
  columnsEach: number,
): Variant {
  const tiling = { lanes, rows, columnsEach };
  const columns = lanes * columnsEach;
  return {
    name: `broadcast ${rows}x${columns}`,
    rows,
    columns,
    applies: (limits) => narrowSubgroup(limits) === lanes,
    make: (job, { homes }) => broadcastKernel(job, { homes, tiling }),
  };
}

const DEPTH = 16;

/** All ways to compute products of many rows. */
export const VARIANTS: readonly Variant[] = [
  tiled({ rows: 16, columns: 64, depth: DEPTH, rowsEach: 4, columnsEach: 4 }),
  tiled({ rows: 32, columns: 32, depth: DEPTH, rowsEach: 4, columnsEach: 4 }),
  tiled({ rows: 64, columns: 64, depth: DEPTH, rowsEach: 4, columnsEach: 4 }),
  tiled({ rows: 64, columns: 64, depth: DEPTH, rowsEach: 8, columnsEach: 8 }),
  tiled({ rows: 128, columns: 64, depth: DEPTH, rowsEach: 8, columnsEach: 4 }),
  tiled({ rows: 128, columns: 128, depth: DEPTH, rowsEach: 8, columnsEach: 8 }),
  broadcast(8, 8, 4),
  broadcast(8, 16, 4),
  broadcast(8, 8, 8),
  broadcast(8, 32, 4),
  broadcast(4, 4, 4),
  broadcast(4, 8, 4),
  broadcast(4, 16, 4),
  broadcast(4, 4, 8),
  broadcast(4, 8, 8),
  broadcast(4, 16, 8),
];

/** A class of problems that one variant serves: sizes by powers of two. */
export function classOf({ batch, m, n, k, kind }: ProblemSizes): string {
  const size = (x: number) => 2 ** Math.round(Math.log2(Math.max(1, x)));
  return `${kind} ${[batch, m, n, k].map(size).join("x")}`;
}

/** The variants that an adapter can run, for problems at which they are not absurd. */
export function candidatesFor(
  { m, n }: ProblemSizes,
  limits: KernelLimits,
): readonly Variant[] {
  const usable = VARIANTS.filter((variant) => variant.applies(limits));
  const sensible = usable.filter(({ rows, columns }) =>
    rows < 2 * Math.max(m, 16) && columns < 2 * Math.max(n, 32)
  );
  return sensible.length > 0 ? sensible : usable;
}

/** The variant that is best as a rule. */
export function defaultVariant(
  problem: ProblemSizes,
  limits: KernelLimits,
): Variant {
  const costOf = limits.isSoftware ? softwareCost : hardwareCost;
  const candidates = candidatesFor(problem, limits);
  return candidates.reduce((best, variant) =>
    costOf(problem, variant) < costOf(problem, best) ? variant : best
  );
}

/**
 * Nanoseconds on a software adapter, whose lanes read an image together and a
 * buffer one by one; sums that do not fit registers cost more, storing them more
 * again. Compiling takes longer than linearly in the tile's size, and is paid for
 * by some hundred runs.
 */
function softwareCost(problem: ProblemSizes, variant: Variant): number {
  const { batch, m, n, k } = problem;
  const { rows, columns, name } = variant;
  const tiles = batch * Math.ceil(m / rows) * Math.ceil(n / columns);
  const cells = rows * columns;
  const perTerm = name.startsWith("broadcast")
    ? 0.6 * (rows + columns) + cells / 14 * Math.max(1, cells / 512)
    : 10 * (rows + columns) + 8 * cells;
  const perTile = 12 * cells;
  const compile = 2e3 * cells * Math.max(1, cells / 512);
  return tiles * (k * perTerm + perTile) + compile;
}

/**
 * Hardware hides memory behind arithmetic where tiles are large, and needs many
 * workgroups: time is that of the fullest of 64 imagined cores.
 */
function hardwareCost(
  problem: ProblemSizes,
  { rows, columns, name }: Variant,
) {
  if (name.startsWith("broadcast")) return Infinity;
  const { batch, m, n, k } = problem;
  const tiles = batch * Math.ceil(m / rows) * Math.ceil(n / columns);
  const parts = partsFor(problem, { tiles, isSoftware: false });
  const rounds = Math.ceil(tiles * parts / 64);
  const perTerm = rows * columns + 32 * (rows + columns);
  return rounds * perTerm * k / parts;
}

/** Into how many parts sums are cut: because they are too long, or too few to keep an adapter busy. */
function partsFor(
  { k }: ProblemSizes,
  { tiles, isSoftware }: { tiles: number; isSoftware: boolean },
): number {
  const enough = enoughGroups({ isSoftware });
  const forWork = tiles >= enough / 2 ? 1 : Math.ceil(enough / tiles);
  const most = Math.max(1, Math.floor(k / SHORTEST_PART));
  return Math.max(Math.ceil(k / LONGEST_SUM), Math.min(forWork, most));
}

/** The kernels of a variant: one, or one of parts and one that joins them. */
export function variantKernels(
  variant: Variant,
  { group, problem }: Omit<Job, "parts">,
  context: KernelContext,
): Kernel[] {
  const { batch, m, n } = problem;
  const tiles = batch * Math.ceil(m / variant.rows) *
    Math.ceil(n / variant.columns);
  const { isSoftware } = context.limits;
  const parts = cutTerms(problem, {
    parts: partsFor(problem, { tiles, isSoftware }),
    depth: DEPTH,
  });
  const job = { group, problem, parts };
  const kernel = variant.make(job, context);
  return parts.sums === undefined
    ? [kernel]
    : [kernel, joinKernel(job, context)];
}
