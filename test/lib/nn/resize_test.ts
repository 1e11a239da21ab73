import assert from "node:assert/strict";
import { bicubicWeights, resizeBilinear } from "../../../lib/nn/mod.ts";
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

Deno.test("bicubicWeights() gives what PyTorch's interpolate gives", () => {
  const values = [0, 0.8, -0.4, 1.2, 0.3];
  const interpolated = (to: number, offset: number) => {
    const weights = bicubicWeights({ from: values.length, to, offset });
    return Array.from(
      { length: to },
      (_, i) => values.reduce((sum, x, k) => sum + x * weights[i * 5 + k]!, 0),
    );
  };
  // torch 2.14: interpolate(.., mode="bicubic"), by size 3, and by the factor 3.1 / 5.
  const bySize = [0.31851852, -0.4, 0.67222222];
  const byFactor = [0.28732629, -0.40008811, 0.85709233];
  for (
    const [found, expected] of [
      [interpolated(3, 0), bySize],
      [interpolated(3, 0.1), byFactor],
    ] as const
  ) {
    expected.forEach((value, i) =>
      assert.ok(Math.abs(found[i]! - value) < 1e-6, `${found} ${expected}`)
    );
  }
});
