import assert from "node:assert/strict";
import { createReferenceEngine } from "../../../../lib/engine/reference/mod.ts";
import { CENTRE } from "../../../../lib/image/mod.ts";
import { type VaeConfig, vaeShapes } from "../../../../lib/model/mod.ts";
import { PRESETS } from "../../../../lib/preset/checked.ts";
import type { ArTraining, InSteps } from "../../../../lib/preset/mod.ts";
import type { Batch } from "../../../../lib/train/mod.ts";
import { type HostTensor, hostTensor } from "../../../../lib/tensor/mod.ts";
import {
  type ArLatents,
  encodedLatents,
} from "../../../../lib/workflow/codec/encoded_latents.ts";
import { ViewEncoder } from "../../../../lib/workflow/codec/encode.ts";
import { assertClose } from "../../../tensors.ts";
import { randomWeights, VAE } from "../../model/_models.ts";
import { imageSource } from "../sets/_sources.ts";

const SIDE = VAE.image_size;
const COUNT = 7;
const ROW = (SIDE / VAE.patch_size) ** 2 * VAE.latent_dim;
const GAUSSIAN: VaeConfig = { ...VAE, posterior: "gaussian" };

/** Every image is a class of its own; those of odd classes may be mirrored. */
const IMAGES = imageSource({
  size: SIDE,
  background: [255, 255, 255],
  data: Uint8Array.from(
    { length: COUNT * SIDE * SIDE * 3 },
    (_, i) => (i * i + 7 * i) % 256,
  ),
  labels: Int32Array.from({ length: COUNT }, (_, i) => i),
  classes: Array.from({ length: COUNT }, (_, i) => `class ${i}`),
  flips: Array.from({ length: COUNT }, (_, i) => i % 2 === 1),
});

const NUMBERS = {
  ...PRESETS.tiny.arTraining,
  steps: 100,
  batch: COUNT,
  order: "epochs",
  classPower: 1,
  augmentation: "centre-crop",
  shift: undefined,
} as const satisfies InSteps<ArTraining>;

/** Runs with latents of those images. */
async function withLatents(
  { config = VAE, seed = 3, ...numbers }:
    & Partial<InSteps<ArTraining>>
    & { readonly config?: VaeConfig; readonly seed?: number },
  run: (latents: ArLatents) => Promise<void>,
): Promise<void> {
  const engine = createReferenceEngine();
  const vae = { config, weights: randomWeights(vaeShapes(config)) };
  const tools = { engine, seed, signal: new AbortController().signal };
  try {
    using latents = await encodedLatents(
      vae,
      { images: IMAGES, ...tools },
      { ...NUMBERS, ...numbers },
    );
    await run(latents);
  } finally {
    await engine.close();
  }
}

/** Means of each image as it is and mirrored, [images, 2, ..]. */
async function meansOf(config: VaeConfig): Promise<HostTensor> {
  const engine = createReferenceEngine();
  const vae = { config, weights: randomWeights(vaeShapes(config)) };
  const encoder = await ViewEncoder.create(vae, { engine, batch: 2 });
  const views = Array.from(
    { length: 2 * COUNT },
    (_, i) => ({ picture: i >> 1, crop: CENTRE, flip: i % 2 === 1 }),
  );
  const { mu } = await encoder.encode(IMAGES, views);
  await engine.close();
  return mu;
}

function rowsOf(batch: Batch): { image: number; mu: HostTensor }[] {
  const { classes, mu } = batch as Readonly<Record<string, HostTensor>>;
  return Array.from(classes!.data as Int32Array, (image, row) => ({
    image,
    mu: rowOf(mu!, row),
  }));
}

function rowOf({ data }: HostTensor, row: number): HostTensor {
  return hostTensor(
    "f32",
    [ROW],
    data.slice(row * ROW, (row + 1) * ROW) as never,
  );
}

function isClose(a: HostTensor, b: HostTensor): boolean {
  return a.data.every((value, i) => Math.abs(value - b.data[i]!) <= 1e-6);
}

Deno.test("encodedLatents() gives each image once an epoch, mirrored where its class may be", async () => {
  const means = await meansOf(VAE);
  const mirrored = new Set<number>();
  await withLatents({}, async ({ batch, images, d, tokens }) => {
    assert.deepEqual([images, tokens * d], [COUNT, ROW]);
    for (let step = 0; step < 8; step++) {
      const rows = rowsOf(await batch(step));
      const seen = rows.map(({ image }) => image).sort();
      assert.deepEqual(seen, Array.from({ length: COUNT }, (_, i) => i));
      for (const { image, mu } of rows) {
        if (isClose(mu, rowOf(means, 2 * image))) continue;
        assert.ok(isClose(mu, rowOf(means, 2 * image + 1)), `image ${image}`);
        mirrored.add(image);
      }
    }
  });
  assert.deepEqual([...mirrored].sort(), [1, 3, 5]);
  await withLatents({ flip: false }, async ({ batch }) => {
    for (const { image, mu } of rowsOf(await batch(0))) {
      assert.ok(isClose(mu, rowOf(means, 2 * image)));
    }
  });
});

Deno.test("encodedLatents() depends on seed and step alone", async () => {
  const crops = { augmentation: "random-crop", minFraction: 0.5 } as const;
  const found: Batch[] = [];
  await withLatents(crops, async ({ batch }) => {
    found.push(await batch(4), await batch(5), await batch(4));
  });
  await withLatents(crops, async ({ batch }) => {
    found.push(await batch(4));
  });
  await withLatents({ ...crops, seed: 4 }, async ({ batch }) => {
    found.push(await batch(4));
  });
  const [first, next, ...others] = found;
  assert.deepEqual(others[0], first);
  assert.deepEqual(others[1], first);
  assert.notDeepEqual(next, first);
  assert.notDeepEqual(others[2], first);
});

Deno.test("encodedLatents() takes images as they are where augmentation has ended", async () => {
  const means = await meansOf(VAE);
  const crops = {
    augmentation: "random-crop",
    minFraction: 0.5,
    flip: false,
    augmentUntil: 1,
    augmentEnd: 1,
  } as const;
  await withLatents(crops, async ({ batch }) => {
    const isAsItIs = ({ image, mu }: { image: number; mu: HostTensor }) =>
      isClose(mu, rowOf(means, 2 * image));
    assert.ok(!rowsOf(await batch(0)).every(isAsItIs));
    assert.ok(rowsOf(await batch(1)).every(isAsItIs));
  });
});

Deno.test("encodedLatents() scales what lies off the sphere to a deviation of 1", async () => {
  const means = await meansOf(GAUSSIAN);
  await withLatents({ config: GAUSSIAN, flip: false }, async (latents) => {
    const scale = latents.law.latent_scale!;
    const batch = await latents.batch(0) as Record<string, HostTensor>;
    for (const { image, mu } of rowsOf(batch)) {
      const wanted = rowOf(means, 2 * image).data.map((x) => x * scale);
      const expected = hostTensor("f32", [ROW], wanted as never);
      assertClose(mu, expected, { what: `${image}`, tolerance: 1e-5 });
    }
    // The images are all that it was measured on: z = mu + sigma e.
    const [mu, sigma] = [[...batch.mu!.data], batch.sigma!.data];
    const mean = mu.reduce((sum, x) => sum + x) / mu.length;
    const squares = mu.map((x, i) => (x - mean) ** 2 + sigma[i]! ** 2);
    const deviation = Math.sqrt(
      squares.reduce((sum, x) => sum + x) / mu.length,
    );
    // 112 numbers: a draw of them is off by some hundredths.
    assert.ok(Math.abs(deviation - 1) <= 0.15, `${deviation}`);
  });
  await withLatents({}, ({ law }) => {
    assert.equal(law.latent_scale, undefined);
    return Promise.resolve();
  });
});

Deno.test("encodedLatents() refuses a training that does not say how images are seen", () =>
  assert.rejects(
    withLatents({ augmentation: undefined }, () => Promise.resolve()),
    /expected training\.augmentation, such as centre-crop/,
  ));
