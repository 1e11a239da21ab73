import assert from "node:assert/strict";
import { openArtifact, UserError } from "../../lib/artifact/mod.ts";
import { PRESETS } from "../../lib/preset/checked.ts";
import { openEngine } from "../engines.ts";
import { inFolder } from "../lib/artifact/_bytes.ts";
import { CLASSES, runStages, writeImages } from "./measuring_run.ts";

const { engine, reason } = await openEngine("onnx");
Deno.test.afterAll(() => engine?.close());

const { tiny } = PRESETS;

/** Declares a test on the engine for training at full width. */
function testTraining(
  name: string,
  test: (folder: string) => Promise<void>,
): void {
  const why = reason === "" ? "" : ` (ignored: ${reason})`;
  Deno.test({
    name: name + why,
    ignore: engine === undefined,
    fn: () =>
      inFolder(async (folder) => {
        const images = { count: 5, seed: 1, size: tiny.vae.image_size };
        await writeImages(`${folder}/train.safetensors`, images);
        await test(folder);
      }),
  });
}

/** A training of two steps whose preset is changed. */
function training(stage: string, options: string, inputs: string): string {
  return `
[stages.${stage}]
inputs = { ${inputs} }
options = { steps = 2, batch = 2, ${options} }
`;
}

const IMAGES = 'images = "train.safetensors"';

testTraining("trainings make the models that are set", async (folder) => {
  const text = training(
    "train-vae",
    'set = ["vae.z_channels=256", "training.klWeight=0.5", "training.flip=false"]',
    IMAGES,
  ) + `
[stages.cache]
inputs = { svae = "train-vae.svae", ${IMAGES} }
options = { set = ["latents.shift=0"] }
` + training(
    "train-ar",
    'set = ["ar.n_layer=1", "ar.dim=128", "ar.n_head=2"]',
    'latents = "cache.latents"',
  ) + training("train-classifier", 'set = ["training.features=8"]', IMAGES);
  const run = await runStages(folder, text, { engine: engine! });

  const svae = await openArtifact(run.path("train-vae", "svae"), "svae");
  assert.deepEqual(svae.config, {
    ...tiny.vae,
    z_channels: 256,
    cnn_chs: [16, 32, 64, 256],
  });
  const { shape } = await svae.read("decoder.conv_in.1.weight");
  assert.deepEqual(shape, [256, 256, 3, 3]);
  svae.close();

  const latents = await openArtifact(run.path("cache", "latents"), "latents");
  assert.equal(latents.sizes["views"], 2);
  latents.close();

  const ar = await openArtifact(run.path("train-ar", "ar"), "ar");
  assert.deepEqual(ar.config, {
    ...tiny.ar,
    n_layer: 1,
    dim: 128,
    n_head: 2,
    num_classes: CLASSES.length,
    latent_dim: tiny.vae.latent_dim,
    grid: 4,
    posterior: tiny.vae.posterior,
    normalize: tiny.vae.normalize,
    classes: CLASSES,
  });
  ar.close();

  const path = run.path("train-classifier", "classifier");
  const classifier = await openArtifact(path, "classifier");
  assert.equal(classifier.config["features"], 8);
  classifier.close();
});

testTraining("a changed preset file is noticed", async (folder) => {
  const preset = `${folder}/mine.toml`;
  await Deno.writeTextFile(preset, 'extends = "tiny"\nvae.z_channels = 64\n');
  const text = training("train-vae", `preset = "${preset}"`, IMAGES);
  const how = { engine: engine! };
  await runStages(folder, text, how);
  const again = await runStages(folder, text, how);
  assert.deepEqual(again.results.map(({ state }) => state), ["done"]);
  await Deno.writeTextFile(preset, 'extends = "tiny"\nvae.z_channels = 128\n');
  const { results } = await runStages(folder, text, how);
  assert.equal(results[0]!.state, "ran");
  assert.match(results[0]!.why!, /option model\.\w+ .* is now/);
});

/** Settings that a training refuses, with what the message must say. */
const REFUSED: readonly (readonly [set: string, message: RegExp])[] = [
  ["vae.z_channels=90", /Preset "tiny": .*cnn_chs is .*90\], expected mult/],
  ["vae.patch_size=4", /patch_size is 4, expected 8/],
  ["ar.dim=64", /"ar\.dim" here: only vae and vaeTraining are read/],
  [
    'vaeTraining.perceptual={"weight":1}',
    /"vaeTraining\.perceptual": no number/,
  ],
];

for (const [set, message] of REFUSED) {
  testTraining(`train-vae refuses --set ${set}`, async (folder) => {
    const options = `set = [${JSON.stringify(set)}]`;
    const text = training("train-vae", options, IMAGES);
    const run = runStages(folder, text, { engine: engine! });
    await assert.rejects(run, (error) => {
      assert.ok(error instanceof UserError, String(error));
      assert.match(error.message, message);
      return true;
    });
  });
}

testTraining("a preset file lies beside the pipeline file", async (folder) => {
  await Deno.writeTextFile(
    `${folder}/mine.toml`,
    'extends = "tiny"\nvae.z_channels = 64\n',
  );
  const text = training("train-vae", 'preset = "mine.toml"', IMAGES);
  const run = await runStages(folder, text, { engine: engine! });
  const svae = await openArtifact(run.path("train-vae", "svae"), "svae");
  assert.equal(svae.config["z_channels"], 64);
  svae.close();
});
