import type { HostTensor } from "../tensor/mod.ts";
import { featureMatrix } from "./features.ts";
import type { Matrix } from "./matrix.ts";

/** Neighbours that span the manifold, after Kynkäänniemi et al. 2019. */
export const MANIFOLD_NEIGHBOURS = 3;

/** Rows of one block of pairs: two blocks of 2048 features stay in cache. */
const BLOCK = 32;

/** Shares in 0..1. */
export interface PrecisionRecall {
  /** Share of samples inside the manifold of the reference. */
  readonly precision: number;
  /** Share of the reference inside the manifold of the samples. */
  readonly recall: number;
}

/**
 * Improved precision and recall (Kynkäänniemi et al. 2019, equations 1 to 3).
 *
 * The manifold of a set is the union of balls around its rows; the squared
 * radius of a ball is entry k of the row's sorted squared distances to the
 * set, the row itself (distance 0) included as entry 0. Distances are float64.
 *
 * Departure: the reference evaluator takes the distances in float16, or in
 * float32 where that overflows.
 *
 * @throws {TypeError} when the shapes do not fit
 * @throws {RangeError} when a set has k rows or fewer
 */
export function precisionRecall(
  { reference, samples, neighbours = MANIFOLD_NEIGHBOURS }: {
    readonly reference: HostTensor;
    readonly samples: HostTensor;
    readonly neighbours?: number;
  },
): PrecisionRecall {
  const real = featureMatrix(reference, "the reference");
  const fake = featureMatrix(samples, "the samples");
  if (real.columns !== fake.columns) {
    throw new TypeError(
      `Cannot compare features: widths are ${real.columns} and ${fake.columns}`,
    );
  }
  const realRadii = manifoldRadii(real, neighbours);
  const fakeRadii = manifoldRadii(fake, neighbours);
  const fakeInside = new Uint8Array(fake.rows);
  const realInside = new Uint8Array(real.rows);
  forEachPair({ a: real, b: fake }, (i, j, distance) => {
    if (distance <= realRadii[i]!) fakeInside[j] = 1;
    if (distance <= fakeRadii[j]!) realInside[i] = 1;
  });
  return { precision: share(fakeInside), recall: share(realInside) };
}

function share(flags: Uint8Array): number {
  return flags.reduce((sum, flag) => sum + flag, 0) / flags.length;
}

function manifoldRadii(x: Matrix, neighbours: number): Float64Array {
  if (x.rows <= neighbours) {
    throw new RangeError(
      `Cannot span a manifold with ${neighbours} neighbours: ` +
        `expected more rows than that, got ${x.rows}`,
    );
  }
  const width = neighbours + 1;
  const nearest = new Float64Array(x.rows * width).fill(Infinity);
  forEachPair({ a: x, b: x }, (i, _j, distance) => {
    insertSorted(nearest, { start: i * width, width, distance });
  });
  return Float64Array.from(
    { length: x.rows },
    (_, i) => nearest[i * width + neighbours]!,
  );
}

/** Keeps the `width` smallest distances in ascending order. */
function insertSorted(
  values: Float64Array,
  { start, width, distance }: {
    start: number;
    width: number;
    distance: number;
  },
): void {
  let k = start + width - 1;
  if (!(distance < values[k]!)) return;
  for (; k > start && values[k - 1]! > distance; k--) {
    values[k] = values[k - 1]!;
  }
  values[k] = distance;
}

type Pair = { readonly a: Matrix; readonly b: Matrix };

/** Calls back with the squared distance of every row of a to every row of b. */
function forEachPair(
  { a, b }: Pair,
  visit: (i: number, j: number, distance: number) => void,
): void {
  for (let startA = 0; startA < a.rows; startA += BLOCK) {
    const endA = Math.min(startA + BLOCK, a.rows);
    for (let startB = 0; startB < b.rows; startB += BLOCK) {
      const endB = Math.min(startB + BLOCK, b.rows);
      for (let i = startA; i < endA; i++) {
        for (let j = startB; j < endB; j++) {
          visit(i, j, squaredDistance({ a, b }, i, j));
        }
      }
    }
  }
}

/** Summed from the differences: |a|² + |b|² - 2ab would cancel near zero. */
function squaredDistance({ a, b }: Pair, i: number, j: number): number {
  const startA = i * a.columns, startB = j * b.columns;
  let sum = 0;
  for (let k = 0; k < a.columns; k++) {
    const difference = a.data[startA + k]! - b.data[startB + k]!;
    sum += difference * difference;
  }
  return sum;
}
