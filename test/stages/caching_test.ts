import assert from "node:assert/strict";
import { openArtifact, writeArtifact } from "../../lib/artifact/mod.ts";
import { vaeShapes } from "../../lib/model/mod.ts";
import { type HostTensor, hostTensor } from "../../lib/tensor/mod.ts";
import { inFolder } from "../lib/artifact/_bytes.ts";
import { noise, randomWeights, VAE } from "../lib/model/_models.ts";
import { assertClose } from "../tensors.ts";
import { runStages } from "./measuring_run.ts";

const { image_size: SIDE, latent_dim: D } = VAE;
const ROW = (SIDE / VAE.patch_size) ** 2 * D;

/** The views of the tiny preset, each mirrored after it: none, right, left, down, up. */
const VIEWS = 10;

type Picture = Uint8Array;

/** Pixels moved and mirrored; what is shifted in is white. */
function seenFrom(
  picture: Picture,
  from: (y: number, x: number) => readonly [number, number],
): Picture {
  return Uint8Array.from(picture, (_, i) => {
    const [y, x] = from(Math.floor(i / 3 / SIDE), Math.floor(i / 3) % SIDE);
    const inside = x >= 0 && x < SIDE && y >= 0 && y < SIDE;
    return inside ? picture[(y * SIDE + x) * 3 + i % 3]! : 255;
  });
}

async function writePictures(
  folder: string,
  pictures: readonly Picture[],
): Promise<void> {
  const count = pictures.length;
  const data = Uint8Array.from(pictures.flatMap((picture) => [...picture]));
  await writeArtifact(`${folder}/images.safetensors`, {
    kind: "images",
    tensors: {
      images: hostTensor("u8", [count, SIDE, SIDE, 3], data),
      labels: hostTensor("i32", [count], new Int32Array(count)),
    },
    config: { classes: ["any"], flips: [true] },
  });
  await writeArtifact(`${folder}/svae.safetensors`, {
    kind: "svae",
    tensors: randomWeights(vaeShapes(VAE)),
    config: { ...VAE },
  });
}

async function cached(folder: string, batch: number): Promise<HostTensor> {
  const text = `
    [stages.cache]
    inputs = { images = "images.safetensors", svae = "svae.safetensors" }
    options = { batch = ${batch} }
  `;
  const path = (await runStages(folder, text)).path("cache", "latents");
  const reader = await openArtifact(path, "latents");
  try {
    return await reader.read("mu");
  } finally {
    reader.close();
  }
}

/** Directions of one view of one image. */
function directions(
  { data }: HostTensor,
  { image, view }: { image: number; view: number },
): HostTensor {
  const start = (image * VIEWS + view) * ROW;
  return hostTensor("f32", [ROW], data.slice(start, start + ROW) as never);
}

Deno.test("cache encodes shifted and mirrored views in their order", () =>
  inFolder(async (folder) => {
    const { data } = noise([SIDE * SIDE * 3], {
      name: "picture",
      mean: 120,
      deviation: 40,
    });
    const picture = Uint8Array.from(data);
    const mirrored = (each: Picture) =>
      seenFrom(each, (y, x) => [y, SIDE - 1 - x]);
    const right = seenFrom(picture, (y, x) => [y, x - 1]);
    const up = seenFrom(picture, (y, x) => [y + 1, x]);
    const seen: [view: number, picture: Picture][] = [
      [0, picture],
      [1, mirrored(picture)],
      [2, right],
      [3, mirrored(right)],
      [4, seenFrom(picture, (y, x) => [y, x + 1])],
      [6, seenFrom(picture, (y, x) => [y - 1, x])],
      [8, up],
      [9, mirrored(up)],
    ];
    await writePictures(folder, seen.map(([, each]) => each));
    const mu = await cached(folder, 7);
    seen.forEach(([view], image) => {
      const found = directions(mu, { image: 0, view });
      const expected = directions(mu, { image, view: 0 });
      const what = `view ${view}`;
      assertClose(found, expected, { what, tolerance: 1e-6 });
    });
    const turned = directions(mu, { image: 0, view: 1 });
    assert.notDeepEqual(
      turned.data,
      directions(mu, { image: 0, view: 0 }).data,
    );
  }));

Deno.test("cache gives the same posteriors in every batch", () =>
  inFolder(async (folder) => {
    const pictures = ["a", "b", "c"].map((name) =>
      Uint8Array.from(
        noise([SIDE * SIDE * 3], { name, mean: 120, deviation: 40 }).data,
      )
    );
    await writePictures(folder, pictures);
    const whole = await cached(folder, 30);
    const parts = await cached(folder, 4);
    assertClose(parts, whole, { what: "mu", tolerance: 1e-6 });
  }));

Deno.test("cache --crops and --dtype leave drawn crops of each image in 16 bits", () =>
  inFolder(async (folder) => {
    await writePictures(folder, [new Uint8Array(SIDE * SIDE * 3).fill(90)]);
    const text = `
      [stages.cache]
      inputs = { images = "images.safetensors", svae = "svae.safetensors" }
      outputs = { latents = "latents/" }
      [stages.cache.options]
      augmentation = "random-crop"
      minFraction = 0.8
      crops = 3
      dtype = "f16"
    `;
    const path = (await runStages(folder, text)).path("cache", "latents");
    const reader = await openArtifact(path, "latents");
    reader.close();
    const { dtype, shape } = reader.tensors.get("mu")!;
    assert.deepEqual([dtype, shape.slice(0, 2)], ["F16", [1, 8]]);
    assert.equal(reader.tensors.get("kappa")!.dtype, "F32");
    const { options } = reader.recipe as { options: Record<string, unknown> };
    assert.deepEqual([options.crops, options.dtype], [3, "f16"]);
  }));
