import assert from "node:assert/strict";
import { join } from "node:path";
import {
  openArtifact,
  UserError,
  writeArtifact,
} from "../../lib/artifact/mod.ts";
import { type WeightSet, writeTorch } from "../../lib/interop/mod.ts";
import { PAPER_LAW, type VaeConfig, vaeShapes } from "../../lib/model/mod.ts";
import { type HostTensor, sizeOf } from "../../lib/tensor/mod.ts";
import { openEngine } from "../engines.ts";
import { inFolder } from "../lib/artifact/_bytes.ts";
import { klWeights } from "../../lib/workflow/verify/kl16.ts";
import { KL } from "../lib/model/_kl.ts";
import { randomWeights } from "../lib/model/_models.ts";
import { runStages, writeImages } from "./measuring_run.ts";
import { spherear } from "./run_cli.ts";

const { engine, reason } = await openEngine("onnx");
Deno.test.afterAll(() => engine?.close());

const COUNT = 3;
const TOKENS = (KL.image_size / KL.patch_size) ** 2;

/** Tensors as a checkpoint holds them. */
function setOf(weights: Readonly<Record<string, HostTensor>>): WeightSet {
  return {
    tensors: new Map(
      Object.entries(weights).map((
        [name, { shape }],
      ) => [name, { dtype: "F32", shape }]),
    ),
    readRows(name, { start, count }) {
      const { shape, data } = weights[name]!;
      const inner = sizeOf(shape.slice(1));
      const rows = data.slice(start * inner, (start + count) * inner);
      return Promise.resolve(new Uint8Array(rows.buffer as ArrayBuffer));
    },
  };
}

/** Imports a checkpoint with the layout of MAR's, and writes images beside it. */
async function prepare(folder: string): Promise<void> {
  const weights = klWeights(KL);
  const loss = { "loss.logvar": weights["quant_conv.bias"]! };
  await writeTorch(join(folder, "kl16.ckpt"), {
    model: setOf({ ...weights, ...loss }),
  });
  const sizes = JSON.stringify({ image_size: KL.image_size });
  await Deno.writeTextFile(join(folder, "sizes.json"), sizes);
  const line = "import kl16.ckpt --config sizes.json -o svae.safetensors";
  const { code, err } = await spherear(line.split(" "), { cwd: folder });
  assert.equal(code, 0, err);
  await writeImages(join(folder, "images.safetensors"), {
    count: COUNT,
    seed: 1,
    size: KL.image_size,
  });
}

/** Declares a test beside an imported KL-16 VAE. */
function testKl(name: string, test: (folder: string) => Promise<void>): void {
  const why = reason === "" ? "" : ` (ignored: ${reason})`;
  Deno.test({
    name: name + why,
    ignore: engine === undefined,
    fn: () =>
      inFolder(async (folder) => {
        await prepare(folder);
        await test(folder);
      }),
  });
}

async function tensorsOf(
  path: string,
): Promise<Readonly<Record<string, HostTensor>>> {
  const reader = await openArtifact(path);
  try {
    return Object.fromEntries(await reader.readAll());
  } finally {
    reader.close();
  }
}

const IMAGES = 'svae = "svae.safetensors", images = "images.safetensors"';

testKl("import takes MAR's KL-16 VAE, without its losses", async (folder) => {
  const path = join(folder, "svae.safetensors");
  const reader = await openArtifact(path, "svae");
  reader.close();
  assert.deepEqual(reader.config, { ...KL });
  assert.deepEqual(await tensorsOf(path), klWeights(KL));
});

testKl("encode and decode take a KL-16 VAE", async (folder) => {
  const text = `
[stages.encode]
inputs = { ${IMAGES} }
[stages.decode]
inputs = { svae = "svae.safetensors", latents = "encode.latents" }
[stages.reconstruct]
inputs = { ${IMAGES} }
`;
  const run = await runStages(folder, text, { engine: engine! });
  const encoded = await tensorsOf(run.path("encode", "latents"));
  const { mu, sigma, sample } = encoded;
  assert.equal(encoded["kappa"], undefined);
  assert.deepEqual(sigma!.shape, [COUNT, 1, TOKENS, KL.latent_dim]);
  // The draws are as far from the means as sigma says.
  const errors = Array.from(
    sample!.data,
    (x, i) => (x - mu!.data[i]!) / sigma!.data[i]!,
  );
  const square = errors.reduce((sum, e) => sum + e * e, 0) / errors.length;
  assert.ok(Math.abs(square - 1) <= 0.2, `${square}`);
  const decoded = await tensorsOf(run.path("decode", "samples"));
  const whole = await tensorsOf(run.path("reconstruct", "reconstructions"));
  assert.deepEqual(decoded, whole);
});

testKl(
  "an AR model is trained on a KL-16 VAE and sampled off the sphere",
  async (folder) => {
    const text = `
[stages.cache]
inputs = { ${IMAGES} }
[stages.train-ar]
inputs = { latents = "cache.latents" }
options = { steps = 2, batch = 2 }
[stages.sample]
inputs = { ar = "train-ar.ar", svae = "svae.safetensors" }
options = { steps = 2, classes = "0,1", count = 2 }
`;
    const run = await runStages(folder, text, { engine: engine! });
    const reader = await openArtifact(run.path("train-ar", "ar"), "ar");
    reader.close();
    assert.equal(reader.config["posterior"], "gaussian");
    const { tokens, images } = await tensorsOf(run.path("sample", "samples"));
    assert.deepEqual(tokens!.shape, [2, TOKENS, KL.latent_dim]);
    assert.deepEqual(images!.shape, [2, KL.image_size, KL.image_size, 3]);
    const radii = Array.from({ length: 2 * TOKENS }, (_, k) => {
      const start = k * KL.latent_dim;
      return Math.hypot(...tokens!.data.subarray(start, start + KL.latent_dim));
    });
    assert.ok(Math.max(...radii) - Math.min(...radii) > 0.5);
  },
);

testKl("sample refuses an AR model of another posterior", async (folder) => {
  const sphere: VaeConfig = {
    backbone: "hybrid",
    ...PAPER_LAW,
    image_size: KL.image_size,
    patch_size: 2,
    latent_dim: KL.latent_dim,
    z_channels: 16,
    cnn_chs: [4, 16],
    encoder_vit_layers: 1,
    decoder_vit_layers: 1,
  };
  await writeArtifact(join(folder, "sphere.safetensors"), {
    kind: "svae",
    tensors: randomWeights(vaeShapes(sphere)),
    config: { ...sphere },
  });
  const text = `
[stages.cache]
inputs = { ${IMAGES} }
[stages.train-ar]
inputs = { latents = "cache.latents" }
options = { steps = 1, batch = 1 }
[stages.sample]
inputs = { ar = "train-ar.ar", svae = "sphere.safetensors" }
options = { steps = 1, count = 1 }
`;
  await assert.rejects(
    runStages(folder, text, { engine: engine! }),
    (error) =>
      error instanceof UserError &&
      /posterior is gaussian, the VAE's is power-spherical$/
        .test(error.message),
  );
});
