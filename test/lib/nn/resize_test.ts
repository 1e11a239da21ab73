import assert from "node:assert/strict";
import { resizeBilinear } from "../../../lib/nn/mod.ts";
import { hostTensor, input } from "../../../lib/tensor/mod.ts";
import { compute, testEngines } from "../sphere/_engines.ts";

testEngines(
  "resizeBilinear() places pixels as TensorFlow 1 does",
  async (engine) => {
    const values = Float64Array.of(0, 8, 4, 12, 20, 16);
    const x = hostTensor("f64", [1, 1, 2, 3], values);
    const { y } = await compute({
      inputs: { x },
      build: ({ x }) => ({ y: resizeBilinear(x!, 4) }),
    }, engine);
    // Columns at 0, 0.75, 1.5 and 2.25, which lies past the last one.
    const rows = [[0, 6, 6, 4], [12, 18, 18, 16]] as const;
    const between = rows[0].map((value, i) => (value + rows[1][i]!) / 2);
    const expected = [rows[0], between, rows[1], rows[1]].flat();
    assert.equal(y!.length, 16);
    expected.forEach((value, i) => assert.ok(Math.abs(y![i]! - value) < 1e-5));
  },
);

testEngines(
  "resizeBilinear() leaves out pixels where images become smaller",
  async (engine) => {
    const x = hostTensor("f64", [1, 1, 1, 5], Float64Array.of(1, 2, 4, 8, 16));
    const { y } = await compute({
      inputs: { x },
      build: ({ x }) => ({ y: resizeBilinear(x!, 2) }),
    }, engine);
    assert.deepEqual(y, [1, 6, 1, 6]);
  },
);

Deno.test("resizeBilinear() leaves images of the size as they are", () => {
  const x = input("x", [2, 3, 7, 7]);
  assert.equal(resizeBilinear(x, 7), x);
});
