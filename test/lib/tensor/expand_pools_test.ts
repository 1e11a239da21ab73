import assert from "node:assert/strict";
import { maxPool } from "../../../lib/tensor/mod.ts";
import { grad, hostTensor, mul, sum } from "../../../lib/tensor/mod.ts";
import { compute, testEngines } from "../sphere/_engines.ts";

testEngines("maxPool() leaves out an odd row and column", async (engine) => {
  const image = [
    [1, 5, 2, 8, 90],
    [7, 3, 4, 6, 91],
    [9, 9, 0, 0, 92],
    [2, 1, 0, 3, 93],
    [94, 95, 96, 97, 98],
  ].flat();
  const x = hostTensor("f64", [1, 1, 5, 5], Float64Array.from(image));
  const dy = hostTensor("f64", [1, 1, 2, 2], Float64Array.of(10, 20, 30, 40));
  const found = await compute({
    inputs: { x, dy },
    build: ({ x, dy }) => {
      const y = maxPool(x!, { kernel: 2 });
      return { y, dx: grad(sum(mul(y, dy!)), [x!])[0]! };
    },
  }, engine);
  assert.deepEqual(found.y, [7, 8, 9, 3]);
  const dx = [
    [0, 0, 0, 20, 0],
    [10, 0, 0, 0, 0],
    [15, 15, 0, 0, 0], // the two nines share
    [0, 0, 0, 40, 0],
    [0, 0, 0, 0, 0],
  ];
  assert.deepEqual(found.dx, dx.flat());
});
