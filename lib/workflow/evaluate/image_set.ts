import { type ArtifactReader, assertLabels } from "../../artifact/mod.ts";
import type { Logger } from "../../pipeline/mod.ts";
import { RandomStream } from "../../random/mod.ts";
import { type HostTensor, hostTensor } from "../../tensor/mod.ts";
import {
  areEncoded,
  checkImages,
  openImages,
  readPicked,
} from "../sets/mod.ts";

/** Labelled images of one artifact. */
export interface ImageSet {
  readonly count: number;
  /** u8 [count, size, size, 3]. */
  readonly images: HostTensor<"u8">;
  /** i32 [count]. */
  readonly labels: HostTensor<"i32">;
}

/** What every set of an evaluation must fit. */
export interface SetRule {
  /** Height and width in pixels. */
  readonly size: number;
  readonly classes: number;
}

/** Labelled images, which are read when they are asked for. */
export interface OpenSet extends Disposable {
  readonly count: number;
  /** i32 [count]. */
  readonly labels: HostTensor<"i32">;
  /** u8 [rows, size, size, 3]. */
  read(rows: readonly number[]): Promise<HostTensor<"u8">>;
}

/**
 * Opens images of any form, or samples.
 *
 * @throws {UserError} when there are none, they have another size, or a label
 *   has no class
 */
export async function openSet(
  reader: ArtifactReader,
  { size, classes }: SetRule,
): Promise<OpenSet> {
  checkImages(reader, size);
  const labels = await reader.read("labels") as HostTensor<"i32">;
  assertLabels(labels, { classes, file: reader.name });
  const count = labels.data.length;
  if (areEncoded(reader)) {
    const source = await openImages(reader, size);
    return {
      count,
      labels,
      read: (rows) => source.read(rows),
      [Symbol.dispose]: () => source[Symbol.dispose](),
    };
  }
  const read = async (rows: readonly number[]) =>
    await readPicked(reader, "images", { rows }) as HostTensor<"u8">;
  return { count, labels, read, [Symbol.dispose]() {} };
}

/** Bytes of images that a set holds at most. */
const MOST_BYTES = 2 ** 31;

/** How a set is read that may be too large. */
export interface SetReading extends SetRule {
  readonly seed: number;
  readonly log: Logger;
  /** Bytes that it may have; 2 GiB unless given. */
  readonly mostBytes?: number;
}

/**
 * Reads images or samples: all of them, or as many as fit in memory, chosen by
 * chance. Sets of as many images lose the same ones.
 *
 * @throws {UserError} as {@linkcode openSet}
 */
export async function readSet(
  reader: ArtifactReader,
  { seed, log, mostBytes = MOST_BYTES, ...rule }: SetReading,
): Promise<ImageSet> {
  using set = await openSet(reader, rule);
  const { count, labels } = set;
  const n = Math.floor(mostBytes / (rule.size ** 2 * 3));
  if (n < count) {
    log.warn(
      `Takes ${n} of the ${count} images of "${reader.name}", chosen by ` +
        "chance: more do not fit in memory",
    );
  }
  const rows = n < count
    ? Array.from(chooseRows({ count, n }, { seed, stream: "fitting" }))
    : Array.from({ length: count }, (_, row) => row);
  return {
    count: rows.length,
    images: await set.read(rows),
    labels: rowsOf(labels, rows) as HostTensor<"i32">,
  };
}

/** The images at some rows, in that order. */
export function takeRows(set: ImageSet, rows: ArrayLike<number>): ImageSet {
  return {
    count: rows.length,
    images: rowsOf(set.images, rows) as HostTensor<"u8">,
    labels: rowsOf(set.labels, rows) as HostTensor<"i32">,
  };
}

/** The rows of a u8, i32 or f32 tensor, in the given order. */
export function rowsOf(
  { dtype, shape, data }: HostTensor,
  rows: ArrayLike<number>,
): HostTensor {
  const width = data.length / shape[0]!;
  const taken = data.slice(0, rows.length * width);
  for (let k = 0; k < rows.length; k++) {
    const start = rows[k]! * width;
    taken.set(data.subarray(start, start + width), k * width);
  }
  return hostTensor(dtype, [rows.length, ...shape.slice(1)], taken);
}

/** At most `n` images of a set, by chance, in their order. */
export function someOf(
  set: ImageSet,
  { n, seed }: { readonly n: number; readonly seed: number },
): ImageSet {
  const { count } = set;
  return takeRows(set, chooseRows({ count, n }, { seed, stream: "some of" }));
}

/** `n` of `count` rows without repeats, by chance, in ascending order. */
export function chooseRows(
  { count, n }: { readonly count: number; readonly n: number },
  { seed, stream }: { readonly seed: number; readonly stream: string },
): Uint32Array {
  const order = new RandomStream({ seed, stream }).permutation(count);
  return order.slice(0, n).sort();
}
