import type { Engine } from "../../tensor/mod.ts";
import { featurePair } from "../features.ts";
import {
  type Block,
  distanceBlocks,
  exactDistance,
  type Pairs,
  sideOf,
} from "./distance_blocks.ts";
import { nearestNeighbours, radiiOf } from "./neighbours.ts";
import type { ManifoldPair } from "./precision_recall.ts";

/** Neighbours that span the balls, as the authors' experiments have it. */
export const DENSITY_NEIGHBOURS = 5;

/** How samples fill the balls around real images. */
export interface DensityCoverage {
  /** Balls that hold a sample, over those that are expected to; 0 and more. */
  readonly density: number;
  /** Share of real images with a sample in their ball, 0..1. */
  readonly coverage: number;
}

/**
 * Density and coverage (Naeem et al. 2020, "Reliable fidelity and diversity
 * metrics for generative models", section 3.2): with balls around the rows of
 * the reference that reach their k nearest others, density is the mean over
 * samples of the number of balls that hold them, divided by k, and coverage
 * the share of balls that hold a sample. A sample on a border is outside.
 *
 * @throws {TypeError} when the shapes do not fit
 * @throws {RangeError} when the reference has k rows or fewer
 */
export async function densityCoverage(
  engine: Engine,
  { neighbours = DENSITY_NEIGHBOURS, onPairs, signal, ...pair }: ManifoldPair,
): Promise<DensityCoverage> {
  const { reference, samples } = featurePair(pair);
  const watch = { ...onPairs && { onPairs }, ...signal && { signal } };
  const [a, b] = [sideOf(reference), sideOf(samples)];
  const options = { count: neighbours, ...watch };
  const found = await nearestNeighbours(engine, a, options);
  const radii = radiiOf(found, neighbours);
  const held = new Uint32Array(reference.rows);
  for await (const block of distanceBlocks(engine, { a, b }, watch)) {
    countHeld(block, { pairs: { a, b }, radii, held });
  }
  let [total, covered] = [0, 0];
  for (const count of held) {
    total += count;
    covered += count > 0 ? 1 : 0;
  }
  return {
    density: total / (neighbours * samples.rows),
    coverage: covered / reference.rows,
  };
}

/** Adds to each ball's count the samples of a block that it holds. */
function countHeld(
  { firstRow, rows, firstColumn, columns, distances, stride }: Block,
  { pairs: { a, b }, radii, held }: {
    readonly pairs: Pairs;
    readonly radii: Float64Array;
    readonly held: Uint32Array;
  },
): void {
  const both = { a: a.features, b: b.features };
  for (let i = firstRow; i < firstRow + rows; i++) {
    const start = (i - firstRow) * stride - firstColumn;
    const radius = radii[i]!;
    for (let j = firstColumn; j < firstColumn + columns; j++) {
      const error = a.errors[i]! + b.errors[j]!;
      let distance = distances[start + j]!;
      if (!(distance - error < radius)) continue;
      if (!(distance + error < radius)) distance = exactDistance(both, i, j);
      if (distance < radius) held[i]!++;
    }
  }
}
