import assert from "node:assert/strict";
import { semidefiniteFactor } from "../../../../lib/metric/algebra/semidefinite_factor.ts";
import { near } from "../_golden.ts";
import { gram, randomMatrix } from "./_matrices.ts";

const CASES = [
  { name: "one number", size: 1, rank: 1 },
  { name: "less than a panel", size: 37, rank: 37 },
  { name: "several panels", size: 150, rank: 150 },
  { name: "a rank inside a panel", size: 150, rank: 70 },
  { name: "a rank at a panel's end", size: 150, rank: 64 },
];

for (const { name, size, rank } of CASES) {
  Deno.test(`semidefiniteFactor() gives the matrix again: ${name}`, () => {
    const s = gram(randomMatrix(size, rank, 6));
    const { factor, order } = semidefiniteFactor(s);
    assert.equal(factor.columns, rank);
    assert.deepEqual([...order].sort((a, b) => a - b), [...order.keys()]);
    const again = gram(factor);
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        const expected = s.data[order[i]! * size + order[j]!]!;
        near(again.data[i * size + j]!, expected, 1e-10);
        if (j > i && j < rank) assert.equal(factor.data[i * rank + j], 0);
      }
    }
  });
}

Deno.test("semidefiniteFactor() of zeros has no columns", () => {
  const zeros = { rows: 5, columns: 5, data: new Float64Array(25) };
  assert.equal(semidefiniteFactor(zeros).factor.columns, 0);
});
