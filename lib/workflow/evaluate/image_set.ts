import {
  type ArtifactReader,
  assertLabels,
  UserError,
} from "../../artifact/mod.ts";
import { RandomStream } from "../../random/mod.ts";
import { type HostTensor, hostTensor } from "../../tensor/mod.ts";

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

/**
 * Reads images or samples.
 *
 * @throws {UserError} when there are none, they have another size, or a label
 *   has no class
 */
export async function readSet(
  reader: ArtifactReader,
  { size, classes }: SetRule,
): Promise<ImageSet> {
  const { images: count = 0, height, width } = reader.sizes;
  if (count === 0) {
    throw new UserError(`Cannot use "${reader.name}": it holds no images`);
  }
  if (height !== size || width !== size) {
    throw new UserError(
      `Cannot use "${reader.name}": its images are ${height} x ${width}, ` +
        `the classifier takes ${size} x ${size}`,
    );
  }
  const images = await reader.read("images") as HostTensor<"u8">;
  const labels = await reader.read("labels") as HostTensor<"i32">;
  assertLabels(labels, { classes, file: reader.name });
  return { count, images, labels };
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
