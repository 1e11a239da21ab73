import type { Engine } from "../../tensor/mod.ts";
import { type FeaturePair, featurePair } from "../features.ts";
import {
  type Block,
  distanceBlocks,
  exactDistance,
  type Pairs,
  sideOf,
  type Watch,
} from "./distance_blocks.ts";
import { nearestNeighbours, radiiOf } from "./neighbours.ts";

/** Neighbours that span the manifold, after Kynkäänniemi et al. 2019. */
export const MANIFOLD_NEIGHBOURS = 3;

/** Shares in 0..1. */
export interface PrecisionRecall {
  /** Share of samples inside the manifold of the reference. */
  readonly precision: number;
  /** Share of the reference inside the manifold of the samples. */
  readonly recall: number;
}

/** Two sets of features, and how many neighbours reach a ball's border. */
export interface ManifoldPair extends FeaturePair, Watch {
  readonly neighbours?: number;
}

/**
 * Improved precision and recall (Kynkäänniemi et al. 2019, equations 1 to 3).
 *
 * The manifold of a set is the union of balls around its rows; the squared
 * radius of a ball is entry k of the row's sorted squared distances to the
 * set, the row itself (distance 0) included as entry 0. A distance equal to
 * the radius is inside. Whatever the engine, the shares are those of distances
 * in float64: a pair is measured so where float32 leaves it open.
 *
 * Departure: the reference evaluator takes the distances in float16, or in
 * float32 where that overflows.
 *
 * @throws {TypeError} when the shapes do not fit
 * @throws {RangeError} when a set has k rows or fewer
 */
export async function precisionRecall(
  engine: Engine,
  { neighbours = MANIFOLD_NEIGHBOURS, onPairs, signal, ...pair }: ManifoldPair,
): Promise<PrecisionRecall> {
  const { reference, samples } = featurePair(pair);
  const watch = { ...onPairs && { onPairs }, ...signal && { signal } };
  const [a, b] = [sideOf(reference), sideOf(samples)];
  const options = { count: neighbours, ...watch };
  const ofA = radiiOf(await nearestNeighbours(engine, a, options), neighbours);
  const ofB = radiiOf(await nearestNeighbours(engine, b, options), neighbours);
  const inside = {
    a: new Uint8Array(reference.rows),
    b: new Uint8Array(samples.rows),
  };
  for await (const block of distanceBlocks(engine, { a, b }, watch)) {
    markInside(block, { pairs: { a, b }, radii: { a: ofA, b: ofB }, inside });
  }
  return { precision: share(inside.b), recall: share(inside.a) };
}

interface Manifolds {
  readonly pairs: Pairs;
  /** Squared radii around the rows of each set. */
  readonly radii: { readonly a: Float64Array; readonly b: Float64Array };
  /** Which rows lie in a ball of the other set. */
  readonly inside: { readonly a: Uint8Array; readonly b: Uint8Array };
}

function markInside(
  { firstRow, rows, firstColumn, columns, distances, stride }: Block,
  { pairs: { a, b }, radii, inside }: Manifolds,
): void {
  const both = { a: a.features, b: b.features };
  for (let i = firstRow; i < firstRow + rows; i++) {
    const start = (i - firstRow) * stride - firstColumn;
    for (let j = firstColumn; j < firstColumn + columns; j++) {
      // What is inside already need not be looked at for that.
      const forA = inside.a[i] ? -Infinity : radii.b[j]!;
      const forB = inside.b[j] ? -Infinity : radii.a[i]!;
      const radius = Math.max(forA, forB);
      const error = a.errors[i]! + b.errors[j]!;
      let distance = distances[start + j]!;
      if (!(distance - error <= radius)) continue;
      if (!(distance + error < Math.min(forA, forB))) {
        distance = exactDistance(both, i, j);
      }
      if (distance <= forA) inside.a[i] = 1;
      if (distance <= forB) inside.b[j] = 1;
    }
  }
}

function share(flags: Uint8Array): number {
  return flags.reduce((sum, flag) => sum + flag, 0) / flags.length;
}
