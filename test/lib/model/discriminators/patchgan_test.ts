import assert from "node:assert/strict";
import { DISCRIMINATORS } from "../../../../lib/model/mod.ts";
import { shapesOf } from "../../../../lib/nn/mod.ts";
import { RandomStream } from "../../../../lib/random/mod.ts";
import {
  constant,
  type HostTensor,
  sizeOf,
} from "../../../../lib/tensor/mod.ts";
import { constants, noise, randomWeights } from "../_models.ts";

const { patchgan } = DISCRIMINATORS;
const SMALL = { name: "patchgan" as const, ndf: 32, n_layers: 2 };

function parameters(ndf: number, n_layers: number): number {
  const shapes = shapesOf(patchgan.specs({ name: "patchgan", ndf, n_layers }));
  return Object.values(shapes).reduce((sum, shape) => sum + sizeOf(shape), 0);
}

Deno.test("patchgan has the release's parameters", () => {
  // Counted in torch.
  assert.equal(parameters(64, 3), 2_765_633);
  assert.equal(parameters(32, 2), 167_841);
  assert.equal(parameters(64, 4), 6_960_961);
  assert.deepEqual(shapesOf(patchgan.specs(SMALL)), {
    "main.0.weight": [32, 3, 4, 4],
    "main.0.bias": [32],
    "main.2.weight": [64, 32, 4, 4],
    "main.3.weight": [64],
    "main.3.bias": [64],
    "main.5.weight": [128, 64, 4, 4],
    "main.6.weight": [128],
    "main.6.bias": [128],
    "main.8.weight": [1, 128, 4, 4],
    "main.8.bias": [1],
  });
  assert.deepEqual(shapesOf(patchgan.buffers(SMALL)), {
    "main.3.running_mean": [64],
    "main.3.running_var": [64],
    "main.6.running_mean": [128],
    "main.6.running_var": [128],
  });
});

Deno.test("patchgan starts as N(0, 0.02), its norms as N(1, 0.02)", () => {
  const start = initialized();
  for (
    const [name, mean] of [
      ["main.2.weight", 0],
      ["main.5.weight", 0],
      ["main.6.weight", 1],
    ] as const
  ) {
    const data = Float64Array.from(start[name]!.data);
    const average = data.reduce((sum, x) => sum + x, 0) / data.length;
    const spread = Math.sqrt(
      data.reduce((sum, x) => sum + (x - mean) ** 2, 0) / data.length,
    );
    // Four deviations of either estimate.
    const bound = 4 / Math.sqrt(data.length);
    assert.ok(Math.abs(average - mean) <= 0.02 * bound, `${name}: ${average}`);
    assert.ok(Math.abs(spread / 0.02 - 1) <= bound, `${name}: ${spread}`);
  }
  assert.ok(start["main.3.bias"]!.data.every((x) => x === 0));
  // torch's own start of a bias: uniform within 1 / sqrt(fan in).
  const biases = Float64Array.from(start["main.0.bias"]!.data);
  const largest = Math.max(...biases.map(Math.abs));
  assert.ok(largest <= 48 ** -0.5 && largest >= 0.8 * 48 ** -0.5);
});

function initialized(): Record<string, HostTensor> {
  const entries = Object.entries(patchgan.specs(SMALL))
    .map(([name, { shape, start }]) => {
      const draws = new RandomStream({ seed: 1, stream: name });
      return [name, start(shape, draws)] as const;
    });
  return Object.fromEntries(entries);
}

Deno.test("patchgan judges patches, and no image that is too small", () => {
  const p = constants(randomWeights(shapesOf(patchgan.specs(SMALL))));
  const buffers = constants(randomWeights(shapesOf(patchgan.buffers(SMALL))));
  const images = constant(noise([2, 3, 14, 14], { name: "images" }));
  const { logits } = patchgan.logits(p, images, {
    config: SMALL,
    buffers,
    rows: 2,
  });
  assert.deepEqual(logits.shape, [2, 1, 1, 1]);
  patchgan.check(SMALL, 14);
  assert.throws(() => patchgan.check(SMALL, 11), {
    name: "RangeError",
    message: /n_layers is 2, expected fewer for images of 11 pixels/,
  });
});
