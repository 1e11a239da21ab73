import assert from "node:assert/strict";
import { decode, encode, vaeShapes } from "../../../../lib/model/mod.ts";
import { constant, hostTensor } from "../../../../lib/tensor/mod.ts";
import { constants, evaluate, noise, randomWeights } from "../_models.ts";
import { BACKBONE_CONFIGS } from "../_rows.ts";

const { vit: BASE } = BACKBONE_CONFIGS;
/** Without blocks, patches never meet. */
const VIT = { ...BASE, encoder_vit_layers: 0, decoder_vit_layers: 0 };
const WEIGHTS = randomWeights(vaeShapes(VIT));
const SIZE = VIT.image_size;

/** The quarter of an image in which a pixel lies, in raster order. */
function quarterOf(pixel: number): number {
  const [row, column] = [Math.floor(pixel / SIZE) % SIZE, pixel % SIZE];
  return 2 * Number(row >= SIZE / 2) + Number(column >= SIZE / 2);
}

Deno.test("a ViT reads a patch into the token of its place", async () => {
  const images = noise([1, 3, SIZE, SIZE], { name: "images" });
  const means = async (pixel?: number) => {
    const data = images.data.slice();
    if (pixel !== undefined) data[pixel]! += 5;
    const changed = constant(hostTensor("f32", images.shape, data));
    const { mu } = await evaluate({
      mu: encode(constants(WEIGHTS), changed, VIT).mu,
    });
    return [...mu.data];
  };
  const before = await means();
  // Every channel, and pixels of every quarter.
  for (const pixel of [0, 5, 40, 47, 64 + 7, 128 + 63]) {
    const after = await means(pixel);
    const moved = new Set(
      after.flatMap((x, i) =>
        Math.abs(x - before[i]!) > 1e-9 ? [Math.floor(i / VIT.latent_dim)] : []
      ),
    );
    assert.deepEqual([...moved], [quarterOf(pixel % SIZE ** 2)], `${pixel}`);
  }
});

Deno.test("a ViT writes a token into the patch of its place", async () => {
  const latents = noise([1, 4, VIT.latent_dim], { name: "latents" });
  const image = async (token?: number) => {
    const data = latents.data.slice();
    if (token !== undefined) data[token * VIT.latent_dim]! += 5;
    const z = constant(hostTensor("f32", latents.shape, data));
    const { x } = await evaluate({ x: decode(constants(WEIGHTS), z, VIT) });
    return [...x.data];
  };
  const before = await image();
  for (let token = 0; token < 4; token++) {
    const after = await image(token);
    const moved = after.flatMap((x, i) =>
      Math.abs(x - before[i]!) > 1e-9 ? [i] : []
    );
    assert.equal(moved.length, 3 * SIZE ** 2 / 4);
    assert.ok(moved.every((i) => quarterOf(i % SIZE ** 2) === token));
  }
});
