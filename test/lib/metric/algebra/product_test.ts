import fc from "fast-check";
import type { Matrix } from "../../../../lib/metric/algebra/matrix.ts";
import {
  operandOf,
  timesTransposed,
  transposed,
} from "../../../../lib/metric/algebra/product.ts";
import { near } from "../_golden.ts";
import { randomMatrix } from "./_matrices.ts";

/** Fails unless every entry of a product is the sum of its terms. */
function requireProduct(
  found: Matrix,
  entry: (i: number, j: number) => number,
  lower = false,
): void {
  for (let i = 0; i < found.rows; i++) {
    for (let j = 0; j < (lower ? i + 1 : found.columns); j++) {
      near(found.data[i * found.columns + j]!, entry(i, j), 1e-12);
    }
  }
}

const SIZE = fc.integer({ min: 1, max: 70 });

Deno.test("timesTransposed() is the sum of products, of any sizes", () => {
  fc.assert(
    fc.property(SIZE, SIZE, fc.integer({ min: 1, max: 600 }), (m, n, depth) => {
      const [a, b] = [randomMatrix(m, depth, 1), randomMatrix(n, depth, 2)];
      const found = timesTransposed({ a: operandOf(a), b: operandOf(b) });
      requireProduct(found, (i, j) => {
        let sum = 0;
        for (let k = 0; k < depth; k++) {
          sum += a.data[i * depth + k]! * b.data[j * depth + k]!;
        }
        return sum;
      });
    }),
    { numRuns: 20 },
  );
});

Deno.test("timesTransposed() takes columns in order, less a shift", () => {
  const x = randomMatrix(9, 5, 3);
  const shift = Float64Array.of(1, -2, 3, 0.5, 0);
  const order = [8, 0, 0, 3];
  const a = { ...transposed(operandOf(x)), order, columns: 4, shift };
  const found = timesTransposed({ a, b: a, lower: true });
  requireProduct(found, (i, j) =>
    order.reduce(
      (sum, k) =>
        sum +
        (x.data[k * 5 + i]! - shift[i]!) * (x.data[k * 5 + j]! - shift[j]!),
      0,
    ), true);
});

Deno.test("timesTransposed() leaves out zeros of upper triangles", () => {
  const size = 300;
  const a = randomMatrix(size, size, 4);
  for (let i = 0; i < size; i++) a.data.fill(0, i * size, i * size + i);
  const b = randomMatrix(7, size, 5);
  const upper = { ...operandOf(a), upper: true };
  const minus = { ...operandOf(b), negative: true };
  const entry = (i: number, j: number) => {
    let sum = 0;
    for (let k = 0; k < size; k++) {
      sum -= a.data[i * size + k]! * b.data[j * size + k]!;
    }
    return sum;
  };
  requireProduct(timesTransposed({ a: upper, b: minus }), entry);
  requireProduct(
    timesTransposed({ a: minus, b: upper }),
    (i, j) => entry(j, i),
  );
});
