import assert from "node:assert/strict";
import type { Kernels } from "../../../../lib/metric/algebra/kernels.ts";
import {
  operandOf,
  timesTransposed,
} from "../../../../lib/metric/algebra/product.ts";
import { semidefiniteFactor } from "../../../../lib/metric/algebra/semidefinite_factor.ts";
import { symmetricEigenvalues } from "../../../../lib/metric/algebra/symmetric_eigenvalues.ts";
import { Team } from "../../../../lib/metric/algebra/team.ts";
import { randomMatrix } from "./_matrices.ts";

const memory = new WebAssembly.Memory({
  initial: 8,
  maximum: 8,
  shared: true,
});
const numbers = new Float64Array(memory.buffer);

/** An item adds products of 64 rows with 4 others, of one inner index. */
const VALUES = {
  ...{ a: 0, b: 0, count: 1, rows: 6400, columns: 4, lower: 0 },
  ...{ target: 64 * 1024, stride: 4 },
};
const ITEMS = 100, TILES = 16;

/** Inner loops of a thread that does nothing, slowly. */
function slowKernels(onTile: () => void): Kernels {
  return {
    addTile() {
      onTile();
      const end = performance.now() + 1;
      while (performance.now() < end);
    },
    addRows() {},
  };
}

Deno.test("Team: helpers take the items that the first thread leaves", () => {
  using team = new Team(2);
  const board = team.join(memory);
  let own = 0;
  const kernels = slowKernels(() => own++);
  const task = { name: "addBands", values: VALUES, items: ITEMS } as const;
  board.run({ kernels, numbers }, task);
  assert.equal(own % TILES, 0);
  assert.ok(own < ITEMS * TILES);
});

Deno.test("Team: an item that fails anywhere fails the task", () => {
  using team = new Team(1);
  const board = team.join(memory);
  const kernels = slowKernels(() => {
    throw new RangeError("Out of reach");
  });
  const task = { name: "addBands", values: VALUES, items: 1 } as const;
  assert.throws(
    () => board.run({ kernels, numbers }, task),
    /internal: "addBands" failed/,
  );
});

Deno.test("Team: bits are the same whatever the number of threads", async () => {
  const n = 640;
  const x = randomMatrix(n, n, 4);
  const s = timesTransposed({ a: operandOf(x), b: operandOf(x) });
  const results = [];
  for (const helpers of [0, 1, 3]) {
    using team = new Team(helpers);
    // Helpers have started, so that they take part.
    await new Promise((resolve) => setTimeout(resolve, helpers ? 300 : 0));
    results.push([
      timesTransposed({ a: operandOf(x), b: operandOf(x) }, team).data,
      semidefiniteFactor(s, team).factor.data,
      symmetricEigenvalues(s, team),
    ]);
  }
  for (const result of results) assert.deepEqual(result, results[0]);
});
