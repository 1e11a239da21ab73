import assert from "node:assert/strict";
import { hostTensor } from "../../../../lib/tensor/mod.ts";
import type { Moment } from "../../../../lib/train/mod.ts";
import { imageValidator } from "../../../../lib/workflow/training/mod.ts";
import { VAE } from "../../model/_models.ts";
import { imageSource } from "../sets/_sources.ts";

const SIZE = VAE.image_size;
const COUNT = 5;

/** Grey images, each of its own brightness. */
const IMAGES = imageSource({
  size: SIZE,
  data: Uint8Array.from(
    { length: COUNT * SIZE * SIZE * 3 },
    (_, i) => 20 * Math.floor(i / (SIZE * SIZE * 3)),
  ),
});

/** A moment whose model makes images lighter by a number of grey levels. */
function lighterBy(levels: number, seen: unknown[] = []): Moment {
  return {
    step: 7,
    result: () => Promise.reject(new Error("Nobody asked for it")),
    probe: (_, inputs) => {
      const { shape, data } = inputs["images"] as ReturnType<typeof hostTensor>;
      seen.push(inputs["randomStep"]);
      const lighter = Float32Array.from(data, (x) => x + levels / 127.5);
      const reconstruction = hostTensor("f32", shape, lighter);
      return Promise.resolve({ reconstruction } as never);
    },
  };
}

const OPTIONS = {
  config: VAE,
  batch: 2,
  images: IMAGES,
  seed: 0,
  signal: new AbortController().signal,
};

const validator = imageValidator(OPTIONS);

Deno.test("imageValidator() measures reconstructions of held-out images", async () => {
  const { figures } = await validator.measure(lighterBy(4));
  // Images are too small for SSIM's window.
  assert.deepEqual(Object.keys(figures), ["psnr"]);
  // Bytes are cut to integers after 0.5 is added: each is 4 levels off.
  const expected = 10 * Math.log10(255 ** 2 / 4 ** 2);
  const gap = Math.abs(figures["psnr"]! - expected);
  if (!(gap < 0.5)) assert.fail(`psnr ${figures["psnr"]}, not ${expected}`);
});

Deno.test("imageValidator() draws the same posteriors each time", async () => {
  const [first, second]: unknown[][] = [[], []];
  await validator.measure(lighterBy(1, first));
  await validator.measure(lighterBy(1, second));
  assert.deepEqual(first, second);
  assert.equal(first!.length, 3);
});

Deno.test("imageValidator() draws a grid of images above what became of them", async () => {
  const { picture } = await validator.measure(lighterBy(40));
  const { width, height, data } = picture!;
  // Three images of five, twice as large, with 2 pixels around each.
  assert.deepEqual([width, height], [
    2 + 3 * (2 * SIZE + 2),
    2 + 2 * (2 * SIZE + 2),
  ]);
  const grey = (x: number, y: number) => data[3 * (y * width + x)]!;
  const below = 2 * SIZE + 2;
  const [above, made] = [grey(3, 3), grey(3, 3 + below)];
  if (!(Math.abs(made - above - 40) <= 1)) assert.fail(`${above} and ${made}`);
});

Deno.test("imageValidator() takes the mean distance in a perceptual network", async () => {
  const network = {
    name: "classifier",
    image_size: SIZE,
    channels: [4],
    features: 4,
    num_classes: 2,
  } as const;
  const { measure } = imageValidator({
    ...OPTIONS,
    perceptual: { network, weights: {} },
  });
  const moment = lighterBy(4);
  let calls = 0;
  const { figures } = await measure({
    ...moment,
    probe: async (parts, inputs) => {
      const distance = hostTensor("f32", [], Float32Array.of(++calls));
      return { ...await moment.probe(parts, inputs), distance } as never;
    },
  });
  assert.equal(calls, 3);
  assert.equal(figures["perceptual"], 2);
});
