import assert from "node:assert/strict";
import { DISCRIMINATORS } from "../../../../lib/model/mod.ts";
import { Parameters, shapesOf } from "../../../../lib/nn/mod.ts";
import { constant, sizeOf } from "../../../../lib/tensor/mod.ts";
import { constants, evaluate, noise, randomWeights } from "../_models.ts";

const { stylegan } = DISCRIMINATORS;
const SMALL = { name: "stylegan" as const, channels: [4, 6] };

function parameters(imageSize: number): number {
  const shapes = shapesOf(stylegan.specs(stylegan.configOf({}, imageSize)));
  return Object.values(shapes).reduce((sum, shape) => sum + sizeOf(shape), 0);
}

Deno.test("the widths of stylegan are the release's", () => {
  assert.deepEqual(stylegan.configOf({}, 256).channels, [
    64,
    128,
    256,
    512,
    512,
    512,
    512,
  ]);
  assert.deepEqual(stylegan.configOf({}, 4).channels, [512]);
  // Counted in torch.
  assert.equal(parameters(64), 34_619_905);
  assert.equal(parameters(256), 36_500_225);
});

Deno.test("stylegan judges each image by itself", async () => {
  const p = constants(randomWeights(shapesOf(stylegan.specs(SMALL))));
  const options = { config: SMALL, buffers: new Parameters({}), rows: 1 };
  const images = noise([2, 3, 8, 8], { name: "images" });
  const both = stylegan.logits(p, constant(images), options);
  const first = stylegan.logits(
    p,
    constant({
      ...images,
      shape: [1, 3, 8, 8],
      data: images.data.subarray(0, 3 * 64),
    }),
    options,
  );
  const found = await evaluate({ both: both.logits, first: first.logits });
  assert.deepEqual(found.both.shape, [2, 1]);
  assert.equal(found.both.data[0], found.first.data[0]);
  assert.notEqual(found.both.data[0], found.both.data[1]);
  assert.deepEqual(both.buffers, {});
});

Deno.test("stylegan.check() wants a number of channels for each halving", () => {
  stylegan.check(SMALL, 8);
  assert.throws(() => stylegan.check(SMALL, 16), {
    name: "RangeError",
    message: /channels has 2 numbers, expected one for each of 16 pixels/,
  });
  assert.throws(() => stylegan.check({ ...SMALL, channels: [] }, 4), {
    name: "RangeError",
  });
});
