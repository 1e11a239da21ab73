/** Every posterior and normalisation from pictures to scores, at toy size. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { openArtifact } from "../../lib/artifact/mod.ts";
import { encodePng, picture } from "../../lib/image/mod.ts";
import {
  isOnSphere,
  type LatentLaw,
  lawOf,
  type Normalization,
  NORMALIZATIONS,
  type PosteriorName,
  POSTERIORS,
} from "../../lib/model/mod.ts";
import { RandomStream } from "../../lib/random/mod.ts";
import type { HostTensor } from "../../lib/tensor/mod.ts";
import { openEngine } from "../engines.ts";
import { inFolder } from "../lib/artifact/_bytes.ts";
import { type MeasuringRun, metricsOf, runStages } from "./measuring_run.ts";

const { engine, reason } = await openEngine("onnx");
Deno.test.afterAll(() => engine?.close());

const [SIZE, TOKENS, D] = [16, 16, 4];
const CLASSES = ["dark", "light"];
const IMAGES = 12;

/** Two folders of pictures, which prepare turns into two classes. */
async function writePictures(folder: string): Promise<void> {
  const draws = new RandomStream({ seed: 1, stream: "pictures" });
  for (const [label, name] of CLASSES.entries()) {
    const place = join(folder, "pictures", name);
    await Deno.mkdir(place, { recursive: true });
    for (let k = 0; k < IMAGES; k++) {
      const data = Uint8Array.from(
        { length: SIZE * SIZE * 3 },
        () => 120 * label + draws.integer(100),
      );
      const bytes = await encodePng(
        picture(data, { width: SIZE, height: SIZE }),
      );
      await Deno.writeFile(join(place, `${k}.png`), bytes);
    }
  }
}

/** A preset of toy sizes whose VAE is of some law. */
function presetOf(law: string): string {
  return `
summary = "toy"
extends = "tiny"
[vae]
${law}
image_size = ${SIZE}
patch_size = 4
latent_dim = ${D}
z_channels = 16
cnn_chs = [8, 8, 16]
[vaeTraining]
steps = 6
batch = 4
[latents]
shift = 0
[ar]
dim = 16
n_layer = 1
n_head = 1
diff_layers = 1
diff_dim = 16
[arTraining]
steps = 4
batch = 4
[classifier]
steps = 3
batch = 4
channels = [8, 8]
features = 4
[sampling]
steps = 2
`;
}

const PIPELINE = `
[stages.prepare]
options = { dataset = "folder:FOLDER/pictures", size = ${SIZE}, heldoutShare = 0.25 }
[stages.train-vae]
inputs = { images = "prepare.train" }
options = { preset = "toy.toml" }
[stages.cache]
inputs = { svae = "train-vae.svae", images = "prepare.train" }
options = { preset = "toy.toml" }
[stages.train-ar]
inputs = { latents = "cache.latents" }
options = { preset = "toy.toml" }
[stages.sample]
inputs = { ar = "train-ar.ar", svae = "train-vae.svae" }
options = { preset = "toy.toml", count = 6 }
[stages.untrained]
uses = "sample"
inputs = { ar = "train-ar.ar", svae = "train-vae.svae" }
options = { preset = "toy.toml", count = 6, untrained = true }
[stages.decode]
inputs = { svae = "train-vae.svae", latents = "sample.samples" }
[stages.encode]
inputs = { svae = "train-vae.svae", images = "prepare.heldout" }
[stages.again]
uses = "decode"
inputs = { svae = "train-vae.svae", latents = "encode.latents" }
[stages.reconstruct]
inputs = { svae = "train-vae.svae", images = "prepare.heldout" }
[stages.reconstruct-train]
uses = "reconstruct"
inputs = { svae = "train-vae.svae", images = "prepare.train" }
[stages.train-classifier]
inputs = { images = "prepare.train" }
options = { preset = "toy.toml" }
[stages.evaluate]
[stages.evaluate.inputs]
samples = "sample.samples"
classifier = "train-classifier.classifier"
train = "prepare.train"
heldout = "prepare.heldout"
reconstructions = "reconstruct.reconstructions"
untrained = "untrained.samples"
trainReconstructions = "reconstruct-train.reconstructions"
`;

async function run(folder: string, law: string): Promise<MeasuringRun> {
  await writePictures(folder);
  await Deno.writeTextFile(join(folder, "toy.toml"), presetOf(law));
  const text = PIPELINE.replaceAll("FOLDER", folder)
    .replaceAll("toy.toml", join(folder, "toy.toml"));
  return await runStages(folder, text, { engine: engine! });
}

/** What an artifact of a run says and holds. */
async function contentsOf(path: string) {
  const reader = await openArtifact(path);
  try {
    const tensors: Record<string, HostTensor> = Object.fromEntries(
      await reader.readAll(),
    );
    return { config: reader.config as unknown as LatentLaw, tensors };
  } finally {
    reader.close();
  }
}

/** Lengths of the tokens of images. */
function lengthsOf({ data }: HostTensor): number[] {
  return Array.from(
    { length: data.length / D },
    (_, token) => Math.hypot(...data.subarray(token * D, (token + 1) * D)),
  );
}

function deviationOf(data: ArrayLike<number>): number {
  const all = Array.from(data);
  const mean = all.reduce((sum, x) => sum + x, 0) / all.length;
  return Math.sqrt(
    all.reduce((sum, x) => sum + (x - mean) ** 2, 0) / all.length,
  );
}

/** Declares a round trip of a law. */
function testLaw(posterior: PosteriorName, normalize: Normalization): void {
  const why = reason === "" ? "" : ` (ignored: ${reason})`;
  const law = { posterior, normalize };
  Deno.test({
    name: `pictures to scores: ${posterior}, normalize ${normalize}${why}`,
    ignore: engine === undefined,
    fn: () =>
      inFolder(async (folder) => {
        const numbers = posterior === "fixed-variance" ? "c_sigma = 0.3" : "";
        const said = Object.entries(law)
          .map(([key, value]) => `${key} = "${value}"`);
        const found = await run(folder, [...said, numbers].join("\n"));
        await assertRun(found, law);
      }),
  });
}

async function assertRun(found: MeasuringRun, law: LatentLaw): Promise<void> {
  const svae = await contentsOf(found.path("train-vae", "svae"));
  assert.deepEqual(lawOf(svae.config), law);
  const latents = await contentsOf(found.path("cache", "latents"));
  const scale = latents.config.latent_scale;
  assert.equal(scale === undefined, isOnSphere(law));
  const scaled = lawOf(latents.config);
  assert.deepEqual({ ...scaled, latent_scale: undefined }, {
    ...law,
    latent_scale: undefined,
  });
  const parts = Object.keys(POSTERIORS[law.posterior].parts);
  assert.deepEqual(
    Object.keys(latents.tensors).sort(),
    ["labels", ...parts].sort(),
  );
  const ar = await contentsOf(found.path("train-ar", "ar"));
  assert.deepEqual(lawOf(ar.config), scaled);
  const samples = await contentsOf(found.path("sample", "samples"));
  assert.deepEqual(lawOf(samples.config), scaled);
  const { tokens, images } = samples.tensors;
  assert.deepEqual(tokens!.shape, [6, TOKENS, D]);
  const apart = Math.max(
    ...lengthsOf(tokens!).map((x) => Math.abs(x - Math.sqrt(D))),
  );
  assert.equal(apart <= 1e-5, isOnSphere(law), `lengths differ by ${apart}`);
  // What was sampled decodes to the same again, by the scale that it says.
  const decoded = await contentsOf(found.path("decode", "samples"));
  assert.deepEqual(decoded.tensors["images"], images);
  const again = await contentsOf(found.path("again", "samples"));
  const whole = await contentsOf(found.path("reconstruct", "reconstructions"));
  assert.deepEqual(again.tensors, whole.tensors);
  assertScale(latents.config, latents.tensors);
  const { sets, reconstruction } = await metricsOf(
    found.path("evaluate", "metrics"),
  );
  assert.ok(Number.isFinite(sets["samples"]!.frechet_classifier));
  assert.ok(Object.values(reconstruction).every(({ psnr }) => psnr! > 0));
}

/** Where cached posteriors are scaled, their draws have deviation 1. */
function assertScale(
  { latent_scale }: LatentLaw,
  tensors: Readonly<Record<string, HostTensor>>,
): void {
  if (latent_scale === undefined) return;
  const { data } = tensors["sigma"] ?? tensors["c_sigma"]!;
  const noise = Array.from(data).reduce((sum, s) => sum + s * s, 0) /
    data.length;
  const variance = deviationOf(tensors["mu"]!.data) ** 2 + noise;
  const deviation = Math.sqrt(variance);
  assert.ok(Math.abs(deviation - 1) <= 0.2, `deviation ${deviation}`);
}

for (const posterior of Object.keys(POSTERIORS) as PosteriorName[]) {
  for (const normalize of Object.keys(NORMALIZATIONS) as Normalization[]) {
    if (POSTERIORS[posterior].onSphere && normalize !== "none") continue;
    testLaw(posterior, normalize);
  }
}
