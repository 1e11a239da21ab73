import { RandomStream } from "../random/mod.ts";
import { type Engine, hostTensor } from "../tensor/mod.ts";
import {
  type FeaturePair,
  featurePair,
  type Features,
  rowsFrom,
  takeRows,
} from "./features.ts";
import type { Watch } from "./manifold/distance_blocks.ts";
import { compileProducts } from "./products.ts";

/** Directions, as the authors have them. */
export const MONGE_DIRECTIONS = 1000;

/** Directions of one run, and rows. */
const AT_ONCE = { directions: 250, rows: 4096 } as const;

/** Factor that makes the distance as large as a Fréchet distance, over d. */
const SCALE = 3;

/** Two sets of features, and what the draws are. */
export interface MongeOptions extends FeaturePair, Watch {
  readonly directions?: number;
  readonly seed?: number;
}

/**
 * Monge Inception Distance (Berthet et al. 2026, arXiv 2605.06797): 3 d times
 * the mean over random directions of the squared 2-Wasserstein distance of the
 * features' projections, which is the mean squared difference of the sorted
 * ones: MIND on Inception's pool_3.
 *
 * Both sets count with as many rows as the smaller one has, chosen by chance.
 *
 * @throws {TypeError} when the shapes do not fit
 * @throws {RangeError} when a set is empty
 */
export async function mongeDistance(
  engine: Engine,
  { directions = MONGE_DIRECTIONS, seed = 0, onPairs, signal, ...pair }:
    MongeOptions,
): Promise<number> {
  const { reference, samples } = featurePair(pair);
  const rows = Math.min(reference.rows, samples.rows);
  if (rows === 0) throw new RangeError("Cannot compare an empty set");
  const width = reference.columns;
  const x = someRows(samples, { rows, seed, stream: "monge samples" });
  const y = someRows(reference, { rows, seed, stream: "monge reference" });
  const draws = new RandomStream({ seed, stream: "monge directions" });
  const watch = { ...onPairs && { onPairs }, ...signal && { signal } };
  let sum = 0;
  for (let first = 0; first < directions; first += AT_ONCE.directions) {
    const count = Math.min(AT_ONCE.directions, directions - first);
    const units = unitVectors(draws, { count, width });
    const [a, b] = [
      await sortedProjections(engine, { rows: x, units, count, ...watch }),
      await sortedProjections(engine, { rows: y, units, count, ...watch }),
    ];
    for (let k = 0; k < count * rows; k++) sum += (a[k]! - b[k]!) ** 2;
  }
  return SCALE * width * sum / (rows * directions);
}

function unitVectors(
  draws: RandomStream,
  { count, width }: { readonly count: number; readonly width: number },
): Float32Array {
  const units = new Float32Array(count * width);
  for (let start = 0; start < units.length; start += width) {
    const normals = Float64Array.from({ length: width }, () => draws.normal());
    let squares = 0;
    for (const value of normals) squares += value * value;
    const length = Math.sqrt(squares);
    for (let k = 0; k < width; k++) units[start + k] = normals[k]! / length;
  }
  return units;
}

function someRows(
  features: Features,
  { rows, seed, stream }: {
    readonly rows: number;
    readonly seed: number;
    readonly stream: string;
  },
): Features {
  if (features.rows === rows) return features;
  const order = new RandomStream({ seed, stream }).permutation(features.rows);
  const data = takeRows(features, order.subarray(0, rows));
  return { rows, columns: features.columns, data };
}

/** Projections of all rows on each direction, [count, rows], each sorted. */
async function sortedProjections(
  engine: Engine,
  { rows: features, units, count, onPairs, signal }: Watch & {
    readonly rows: Features;
    readonly units: Float32Array;
    readonly count: number;
  },
): Promise<Float32Array> {
  const { rows, columns: width } = features;
  const batch = Math.min(AT_ONCE.rows, rows);
  const executable = await compileProducts(engine, {
    rows: count,
    columns: batch,
    width,
  });
  const result = new Float32Array(count * rows);
  try {
    for (let start = 0; start < rows; start += batch) {
      signal?.throwIfAborted();
      const found = Math.min(batch, rows - start);
      const { products } = await engine.run(executable, {
        inputs: {
          a: hostTensor("f32", [count, width], units),
          b: rowsFrom(features, { start, rows: batch }),
        },
      });
      const { data: projected } = await engine.download(products!);
      for (let k = 0; k < count; k++) {
        const row = projected.subarray(k * batch, k * batch + found);
        result.set(row, k * rows + start);
      }
      onPairs?.(count * found);
    }
  } finally {
    engine.dispose(executable);
  }
  for (let k = 0; k < count; k++) {
    result.subarray(k * rows, (k + 1) * rows).sort();
  }
  return result;
}
