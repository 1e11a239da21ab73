/** Every posterior, normalisation and backbone from pictures to scores, at toy size. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { openArtifact } from "../../lib/artifact/mod.ts";
import { encodePng, picture } from "../../lib/image/mod.ts";
import {
  type BackboneName,
  BACKBONES,
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
import { spherear } from "./run_cli.ts";

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

/** Sizes of each backbone. */
const SIZES: Readonly<Record<BackboneName, string>> = {
  hybrid: "z_channels = 16\ncnn_chs = [8, 8, 16]",
  cnn: "z_channels = 8\nch = 32\nch_mult = [1, 1, 1]\nnum_res_blocks = 1",
  vit: "z_channels = 16\nencoder_vit_layers = 1\ndecoder_vit_layers = 1",
  kl16: "ch = 32\nch_mult = [1, 1, 1]\nnum_res_blocks = 1",
};

/** A VAE as a preset says it. */
function vaeText(backbone: BackboneName, law: LatentLaw): string {
  const number = law.posterior === "fixed-variance" ? "c_sigma = 0.3" : "";
  return `
backbone = "${backbone}"
posterior = "${law.posterior}"
normalize = "${law.normalize}"
${number}
${SIZES[backbone]}
`;
}

/** A preset of toy sizes with some VAE. */
function presetOf(vae: string): string {
  return `
summary = "toy"
extends = "tiny"
[vae]
${vae}
image_size = ${SIZE}
patch_size = 4
latent_dim = ${D}
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
[stages.cache-heldout]
uses = "cache"
inputs = { svae = "train-vae.svae", images = "prepare.heldout" }
options = { preset = "toy.toml" }
[stages.train-ar]
inputs = { latents = "cache.latents", heldout = "cache-heldout.latents" }
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
[stages.encode-train]
uses = "encode"
inputs = { svae = "train-vae.svae", images = "prepare.train" }
[stages.means]
uses = "decode"
inputs = { svae = "train-vae.svae", latents = "encode-train.latents" }
options = { mean = true }
[stages.scaled-means]
uses = "decode"
inputs = { svae = "train-vae.svae", latents = "cache.latents" }
options = { mean = true }
[stages.reconstruct]
inputs = { svae = "train-vae.svae", images = "prepare.heldout" }
[stages.reconstruct-train]
uses = "reconstruct"
inputs = { svae = "train-vae.svae", images = "prepare.train" }
[stages.train-classifier]
inputs = { images = "prepare.train" }
options = { preset = "toy.toml" }
[stages.evaluate]
uses = "evaluate-run"
[stages.evaluate.inputs]
samples = "sample.samples"
classifier = "train-classifier.classifier"
train = "prepare.train"
heldout = "prepare.heldout"
reconstructions = "reconstruct.reconstructions"
untrained = "untrained.samples"
trainReconstructions = "reconstruct-train.reconstructions"
`;

async function run(folder: string, vae: string): Promise<MeasuringRun> {
  await writePictures(folder);
  await Deno.writeTextFile(join(folder, "toy.toml"), presetOf(vae));
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

/** Declares a round trip of a VAE. */
function testVae(backbone: BackboneName, law: LatentLaw): void {
  const why = reason === "" ? "" : ` (ignored: ${reason})`;
  const { posterior, normalize } = law;
  Deno.test({
    name: `pictures to scores: ${backbone}, ${posterior}, normalize ` +
      normalize + why,
    ignore: engine === undefined,
    fn: () =>
      inFolder(async (folder) => {
        const found = await run(folder, vaeText(backbone, law));
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
  // Held-out latents have a scale of their own, and are validated on.
  const heldout = await contentsOf(found.path("cache-heldout", "latents"));
  assert.equal(heldout.config.latent_scale === scale, isOnSphere(law));
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
  const means = await contentsOf(found.path("means", "samples"));
  const scaledMeans = await contentsOf(found.path("scaled-means", "samples"));
  const [plain, undone] = [means, scaledMeans].map(({ tensors }) =>
    tensors["images"]!.data
  );
  const bytes = plain!.map((byte, i) => Math.abs(byte - undone![i]!));
  assert.ok(bytes.every((apart) => apart <= 1), "a scale is not undone");
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
    testVae("hybrid", { posterior, normalize });
  }
}

for (const backbone of Object.keys(BACKBONES) as BackboneName[]) {
  const { posterior } = BACKBONES[backbone];
  if (backbone !== "hybrid") {
    testVae(backbone, { posterior, normalize: "none" });
  }
}

Deno.test({
  name:
    "export and import keep a VAE of any backbone, by the sizes that are given",
  ignore: engine === undefined,
  fn: () =>
    inFolder(async (folder) => {
      const law = { posterior: "gaussian", normalize: "decoder" } as const;
      const found = await run(folder, vaeText("vit", law));
      const svae = found.path("train-vae", "svae");
      const { config } = await contentsOf(svae);
      await Deno.writeTextFile(
        join(folder, "sizes.json"),
        JSON.stringify(config),
      );
      for (
        const line of [
          `export ${svae} -o vae.pt`,
          "import vae.pt --config sizes.json -o again.safetensors",
        ]
      ) {
        const { code, err } = await spherear(line.split(" "), { cwd: folder });
        assert.equal(code, 0, err);
      }
      const before = await contentsOf(svae);
      const after = await contentsOf(join(folder, "again.safetensors"));
      assert.deepEqual(after.config, config);
      for (const [name, tensor] of Object.entries(after.tensors)) {
        assert.deepEqual(tensor, before.tensors[name], name);
      }
    }),
});
