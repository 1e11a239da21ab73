import type { Tensor } from "../../../../tensor/mod.ts";
import type { KernelCode } from "../code.ts";
import {
  type KernelLimits,
  type NarrowSubgroup,
  narrowSubgroup,
  powerOfTwo,
} from "../context.ts";

/** Vectors of four that a workgroup shares: 16 KiB, as much as every adapter has. */
const TILE_VECTORS = 1024;

/** Staged rows that are scored in registers at a time. */
const BLOCK = 8;

/** Lanes of all workgroups from which on a machine counts as busy. */
const ENOUGH_LANES = 32768;

/** Sizes of an attention: all heads of all batches are one axis. */
export interface Sizes {
  readonly batch: number;
  readonly heads: number;
  readonly queries: number;
  readonly keys: number;
  readonly width: number;
}

/** Sizes of an attention or of one of its gradients, by its queries and keys. */
export function sizesOf(q: Tensor, k: Tensor): Sizes {
  const [batch, heads, queries, width] = q.shape as [
    number,
    number,
    number,
    number,
  ];
  return { batch, heads, queries, keys: k.shape[2]!, width };
}

/**
 * How a workgroup works: each lane has a row of its own side (queries forward)
 * in registers and meets the rows of the other side, staged in shared memory.
 */
export interface Layout {
  readonly sizes: Sizes;
  /** Rows of the own side, how many a workgroup takes, and how many a lane. */
  readonly length: number;
  readonly rows: number;
  readonly each: number;
  /** Workgroups that one head takes. */
  readonly tiles: number;
  /** Rows of the other side, and how many are staged at a time. */
  readonly others: number;
  readonly staged: number;
  /** Rows of the other side that are scored in registers at a time. */
  readonly block: number;
  /** Own rows that are collected. */
  readonly results: number;
  /** Vectors of four of one row. */
  readonly chunks: number;
  /** Lanes that share one own row: each meets some blocks of the staged ones. */
  readonly splits: number;
  /**
   * Whether nothing is staged: each lane of one subgroup reads a row of a block
   * and broadcasts it. Pays where memory costs much more than arithmetic and
   * subgroups are as narrow as a block, as they are on processors.
   */
  readonly broadcasts: boolean;
}

/** What a kernel of attention asks of its layout. */
interface Wanted {
  readonly sizes: Sizes;
  /** Rows of the own side, and of the other one. */
  readonly length: number;
  readonly others: number;
  /** Own rows that are collected. */
  readonly results: number;
  /** Own rows a lane at most. */
  readonly each?: 1 | 2;
}

/** The layout of a kernel on an adapter. */
export function layoutOf(wanted: Wanted, limits: KernelLimits): Layout {
  const narrow = narrowSubgroup(limits);
  return narrow === undefined
    ? stagedLayout(wanted)
    : broadcastLayout(wanted, narrow);
}

/**
 * One subgroup a workgroup. Two rows a lane halve the reads; SwiftShader, whose
 * subgroups have four lanes, would compile them for seconds.
 */
function broadcastLayout(
  { sizes, length, others, results, each: most = 1 }: Wanted,
  block: NarrowSubgroup,
): Layout {
  const each = block === 8 && length > block ? most : 1;
  const rows = each * block;
  return {
    sizes,
    length,
    rows,
    each,
    tiles: Math.ceil(length / rows),
    others,
    staged: block,
    block,
    results,
    chunks: Math.ceil(sizes.width / 4),
    splits: 1,
    broadcasts: true,
  };
}

/** Tiles of the other side in shared memory, and lanes enough for the machine. */
function stagedLayout({ sizes, length, others, results }: Wanted): Layout {
  const chunks = Math.ceil(sizes.width / 4);
  const most = TILE_VECTORS / (results * powerOfTwo(chunks));
  const rows = Math.max(
    BLOCK,
    Math.min(32, most, powerOfTwo(length)),
  );
  const staged = Math.max(
    BLOCK,
    Math.min(32, TILE_VECTORS / (2 * powerOfTwo(chunks)), powerOfTwo(others)),
  );
  const tiles = Math.ceil(length / rows);
  const lanes = sizes.batch * sizes.heads * tiles * rows;
  // Half of the lanes leave their results to the other half in the tile.
  const room = TILE_VECTORS / (rows * chunks);
  const splits = Math.min(
    powerOfTwo(ENOUGH_LANES / lanes),
    room < 1 ? 1 : 2 ** Math.floor(Math.log2(2 * room)),
    staged / BLOCK,
    4,
  );
  return {
    sizes,
    length,
    rows,
    each: 1,
    tiles,
    others,
    staged,
    block: BLOCK,
    results,
    chunks,
    splits,
    broadcasts: false,
  };
}

/** Lanes that have own rows of their own; each of them has `each` that far apart. */
export function lanesOf({ rows, each }: Layout): number {
  return rows / each;
}

/** Invocations of a workgroup. */
export function workgroupOf(layout: Layout): number {
  return lanesOf(layout) * layout.splits;
}

/** Own row number `r` of a lane, as an expression. */
export function ownRow(layout: Layout, r: number): string {
  return r === 0 ? "first + own" : `first + own + ${r * lanesOf(layout)}u`;
}

/** Declares the shared tile and the variables that all kernels of attention use. */
export function beginTiles(code: KernelCode, layout: Layout): void {
  const { rows, staged, chunks, splits, tiles } = layout;
  const results = rows * chunks * Math.max(layout.results, splits / 2);
  const vectors = layout.broadcasts
    ? results
    : Math.max(2 * staged * chunks, results);
  code.shared(`tile: array<vec4<f32>, ${vectors}>`);
  const { writer } = code;
  writer.line(`let h = group / ${tiles}u;`);
  writer.line(`let first = (group % ${tiles}u) * ${rows}u;`);
  writer.line(`let own = lane % ${lanesOf(layout)}u;`);
  writer.line(`let part = lane / ${lanesOf(layout)}u;`);
}
