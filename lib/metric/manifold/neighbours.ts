import type { Engine } from "../../tensor/mod.ts";
import {
  type Block,
  distanceBlocks,
  exactDistance,
  type Side,
  type Watch,
} from "./distance_blocks.ts";

/** Squared distances of each row to its nearest rows, all of one set. */
export interface Neighbours {
  /** How many of each row are kept, itself at distance 0 among them. */
  readonly width: number;
  /** [rows, width], ascending in each row; exact. */
  readonly distances: Float64Array;
}

/**
 * The distances of every row to itself and its `count` nearest others.
 *
 * A pair is measured in float64 where its distance in float32 may be among the
 * smallest of either row.
 *
 * @throws {RangeError} when there are no more rows than that
 */
export async function nearestNeighbours(
  engine: Engine,
  side: Side,
  { count, ...watch }: Watch & { readonly count: number },
): Promise<Neighbours> {
  const { rows } = side.features;
  if (rows <= count) {
    throw new RangeError(
      `Cannot span a manifold with ${count} neighbours: ` +
        `expected more rows than that, got ${rows}`,
    );
  }
  const width = count + 1;
  const distances = new Float64Array(rows * width).fill(Infinity);
  for (let i = 0; i < rows; i++) distances[i * width] = 0;
  const pairs = { a: side, b: side, symmetric: true };
  for await (const block of distanceBlocks(engine, pairs, watch)) {
    takeNearest(block, { side, width, distances });
  }
  return { width, distances };
}

/** The squared radii of balls that reach a number of neighbours. */
export function radiiOf(
  { width, distances }: Neighbours,
  neighbours: number,
): Float64Array {
  const rows = distances.length / width;
  return Float64Array.from(
    { length: rows },
    (_, i) => distances[i * width + neighbours]!,
  );
}

function takeNearest(
  { firstRow, rows, firstColumn, columns, distances, stride }: Block,
  { side: { features, errors }, width, distances: nearest }: Neighbours & {
    readonly side: Side;
  },
): void {
  const both = { a: features, b: features };
  const last = width - 1;
  for (let i = firstRow; i < firstRow + rows; i++) {
    const start = (i - firstRow) * stride - firstColumn;
    // Below the diagonal are pairs that have been or will be above it.
    const first = Math.max(firstColumn, i + 1);
    for (let j = first; j < firstColumn + columns; j++) {
      const least = distances[start + j]! - errors[i]! - errors[j]!;
      const ofRow = nearest[i * width + last]!;
      const ofColumn = nearest[j * width + last]!;
      // No distance is below that of equal rows.
      if (!(Math.max(least, 0) < Math.max(ofRow, ofColumn))) continue;
      const distance = exactDistance(both, i, j);
      insert(nearest, { start: i * width, width, distance });
      insert(nearest, { start: j * width, width, distance });
    }
  }
}

/** Keeps the `width` smallest distances in ascending order. */
function insert(
  values: Float64Array,
  { start, width, distance }: {
    readonly start: number;
    readonly width: number;
    readonly distance: number;
  },
): void {
  let k = start + width - 1;
  if (!(distance < values[k]!)) return;
  for (; k > start && values[k - 1]! > distance; k--) {
    values[k] = values[k - 1]!;
  }
  values[k] = distance;
}
