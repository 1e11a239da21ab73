import assert from "node:assert/strict";
import { PERCEPTUAL_NETWORKS, VGG16 } from "../../../../lib/model/mod.ts";
import { sizeOf } from "../../../../lib/tensor/mod.ts";

Deno.test("VGG16 has torchvision's features, and LPIPS a number a channel", () => {
  const shapes = PERCEPTUAL_NETWORKS["vgg16-lpips"].shapes(VGG16);
  const count = (prefix: string) =>
    Object.entries(shapes)
      .filter(([name]) => name.startsWith(prefix))
      .reduce((sum, [, shape]) => sum + sizeOf(shape), 0);
  assert.equal(count("vgg/"), 14_714_688);
  assert.equal(count("lin"), 1472);
  assert.deepEqual(shapes["vgg/28.weight"], [512, 512, 3, 3]);
  assert.equal(Object.keys(shapes).length, 2 * 13 + 5);
});
