import type { Shape } from "../../lib/tensor/mod.ts";

/** Sizes of one AR block and of the rows around it. */
export interface RivalSizes {
  readonly batch: number;
  /** Positions of an image. */
  readonly length: number;
  readonly heads: number;
  readonly width: number;
  /** Rows when images are sampled. */
  readonly fewRows: number;
}

/** Work that every library can do, with what it means. */
export const RIVAL_WORKS = {
  "matmul": "all rows by the weights of queries, keys and values",
  "few-rows": "rows of a sampled token by the same weights",
  "attention": "causal attention of all heads",
  "block": "an AR block forward, and backward to its input and weights",
} as const;

/** Name of a work. */
export type RivalWork = keyof typeof RIVAL_WORKS;

/** Names of all works, in their order. */
export const RIVAL_WORK_NAMES = Object.keys(
  RIVAL_WORKS,
) as readonly RivalWork[];

/** One library with one work, set up. */
export interface RivalRunner {
  /** Does the work some times over and waits until all is done. */
  run(times: number): Promise<void>;
  /** The result, for a look at whether it is the same. */
  result(): Promise<ArrayLike<number>>;
  /** Frees what it holds. */
  close(): void | Promise<void>;
}

/** A library on this machine's adapter. */
export interface Rival {
  /** Name and version. */
  readonly description: string;
  /**
   * Sets up a work.
   *
   * @throws {Error} with the library's own words where it cannot do that
   */
  prepare(work: RivalWork, sizes: RivalSizes): Promise<RivalRunner>;
  /** Ends it. */
  close(): Promise<void>;
}

/** Shapes of a block's tensors, all leaves of the gradient but `dy` and angles. */
export function blockLeaves(
  { batch, length, width, hidden }: Omit<RivalSizes, "heads" | "fewRows"> & {
    readonly hidden: number;
  },
): Readonly<Record<string, Shape>> {
  return {
    x: [batch, length, width],
    dy: [batch, length, width],
    wqkv: [3 * width, width],
    wo: [width, width],
    w1: [2 * hidden, width],
    w2: [width, hidden],
    attentionNorm: [width],
    feedForwardNorm: [width],
  };
}
