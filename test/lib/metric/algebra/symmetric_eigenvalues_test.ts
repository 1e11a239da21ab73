import assert from "node:assert/strict";
import fc from "fast-check";
import { symmetricEigenvalues } from "../../../../lib/metric/mod.ts";
import { near } from "../_golden.ts";
import { gram, randomMatrix } from "./_matrices.ts";

Deno.test("symmetricEigenvalues() takes entries whose squares are zero", () => {
  for (const entry of [1e-200, 1e-296, 5e-324]) {
    const data = new Float64Array([0, entry, entry, 0]);
    const found = symmetricEigenvalues({ rows: 2, columns: 2, data });
    const limit = Math.max(1e-12 * entry, 1e-288);
    assert.ok(Math.abs(found[0]! + entry) <= limit, `${found}`);
    assert.ok(Math.abs(found[1]! - entry) <= limit, `${found}`);
  }
});

/** H diag(values) H, of the reflection H = I - 2 u uᵀ at the vector of ones. */
function reflected(values: readonly number[]): Float64Array {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  return Float64Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    const product = 4 / n * mean - 2 / n * (values[i]! + values[j]!);
    return i === j ? product + values[i]! : product;
  });
}

Deno.test("symmetricEigenvalues() takes values that fall by as much each time", () => {
  for (const decades of [12, 16, 22, 60]) {
    const values = Array.from(
      { length: 300 },
      (_, i) => 10 ** (-decades * i / 300),
    );
    const data = reflected(values);
    const found = symmetricEigenvalues({ rows: 300, columns: 300, data });
    values.toReversed().forEach((value, i) => near(found[i]!, value, 1e-13));
  }
});

Deno.test("symmetricEigenvalues() keeps trace, norm and known spectra", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 24 }).chain((n) =>
        fc.tuple(
          fc.constant(n),
          fc.array(fc.double({ min: -10, max: 10, noNaN: true }), {
            minLength: n * n,
            maxLength: n * n,
          }),
        )
      ),
      ([n, values]) => {
        const data = new Float64Array(n * n);
        for (let i = 0; i < n; i++) {
          for (let j = 0; j < n; j++) {
            data[i * n + j] = values[Math.min(i, j) * n + Math.max(i, j)]!;
          }
        }
        const found = symmetricEigenvalues({ rows: n, columns: n, data });
        const trace = found.reduce((sum, value) => sum + value, 0);
        const squares = found.reduce((sum, value) => sum + value * value, 0);
        let diagonal = 0;
        for (let i = 0; i < n; i++) diagonal += data[i * n + i]!;
        near(trace, diagonal, 1e-11 * n * 10);
        const norm = data.reduce((sum, value) => sum + value * value, 0);
        near(squares, norm, 1e-11 * (1 + norm));
      },
    ),
  );
});

Deno.test("symmetricEigenvalues() finds the second difference's spectrum", () => {
  const n = 40;
  const data = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    data[i * n + i] = 2;
    if (i > 0) data[i * n + i - 1] = data[(i - 1) * n + i] = -1;
  }
  const found = symmetricEigenvalues({ rows: n, columns: n, data });
  found.forEach((value, k) =>
    near(value, 2 - 2 * Math.cos((k + 1) * Math.PI / (n + 1)), 1e-13)
  );
});

/** A matrix with the given eigenvalues, turned by two reflections. */
function turned(values: Float64Array) {
  const n = values.length;
  let data = new Float64Array(n * n);
  values.forEach((value, i) => data[i * n + i] = value);
  for (const seed of [1, 2]) {
    const { data: v } = randomMatrix(1, n, seed);
    const squares = v.reduce((sum, one) => sum + one * one, 0);
    const turn = (i: number, j: number) =>
      (i === j ? 1 : 0) - 2 * v[i]! * v[j]! / squares;
    const times = (f: (i: number, j: number) => number) => {
      const result = new Float64Array(n * n);
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) result[i * n + j] = f(i, j);
      }
      return result;
    };
    const before = data;
    const sum = (term: (k: number) => number) => {
      let total = 0;
      for (let k = 0; k < n; k++) total += term(k);
      return total;
    };
    const half = times((i, j) => sum((k) => turn(i, k) * before[k * n + j]!));
    data = times((i, j) => sum((k) => half[i * n + k]! * turn(k, j)));
  }
  return { rows: n, columns: n, data };
}

Deno.test("symmetricEigenvalues() finds spectra of several panels", () => {
  for (const n of [15, 16, 17, 50, 131]) {
    const values = Float64Array.from({ length: n }, (_, k) => (k - 20) ** 3);
    const found = symmetricEigenvalues(turned(values));
    found.forEach((value, k) => near(value, values[k]!, 1e-13 * n ** 4));
  }
});

Deno.test("symmetricEigenvalues() takes matrices of half the rank", () => {
  const n = 200;
  const found = symmetricEigenvalues(gram(randomMatrix(n, n / 2, 3)));
  assert.ok(found[n / 2]! > 1);
  for (const value of found.subarray(0, n / 2)) near(value, 0, 1e-10);
});

Deno.test("symmetricEigenvalues() keeps trace and norm of several bands", () => {
  const n = 1030;
  const { data } = randomMatrix(n, n, 5);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) data[j * n + i] = data[i * n + j]!;
  }
  const found = symmetricEigenvalues({ rows: n, columns: n, data });
  const sum = (numbers: Float64Array) => numbers.reduce((a, b) => a + b);
  const diagonal = data.filter((_, i) => i % (n + 1) === 0);
  near(sum(found), sum(diagonal), 1e-9);
  near(sum(found.map((x) => x ** 2)), sum(data.map((x) => x ** 2)), 1e-6);
});
