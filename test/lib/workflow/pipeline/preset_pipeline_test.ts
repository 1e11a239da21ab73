import assert from "node:assert/strict";
import { join, relative } from "node:path";
import { writeArtifact } from "../../../../lib/artifact/mod.ts";
import { inFolder } from "../../artifact/_bytes.ts";
import { presetPipeline } from "../../../../lib/workflow/pipeline/mod.ts";

/** Settings of the perceptual term of tiny's S-VAE. */
function perceptual(...texts: readonly string[]): string[] {
  return texts.map((text) => `vaeTraining.perceptual.${text}`);
}

async function vaeInputs(set: readonly string[], perceptual?: string) {
  const run = { preset: "tiny", set, seed: 0, perceptual };
  const { images, ...others } = (await presetPipeline(run)).stages["train-vae"]!
    .inputs!;
  assert.equal(images, "prepare.train");
  return others;
}

Deno.test("presetPipeline() hands the classifier to a perceptual term of it", async () => {
  assert.deepEqual(await vaeInputs(perceptual("weight=0.2")), {
    perceptual: "train-classifier.classifier",
  });
  assert.deepEqual(await vaeInputs(perceptual("weight=0")), {});
});

Deno.test("presetPipeline() hands given weights to a perceptual term", async () => {
  await inFolder(async (folder) => {
    const file = relative(Deno.cwd(), join(folder, "v.safetensors"));
    const given = { perceptual: join(folder, "v.safetensors") };
    const vgg = perceptual("weight=0.2", "network=vgg16-lpips");
    await assert.rejects(vaeInputs(vgg, file), {
      name: "UserError",
      message: /^Cannot read ".*v\.safetensors": no such file/,
    });
    const config = { name: "vgg16-lpips" };
    await writeArtifact(file, { kind: "perceptual", tensors: {}, config });
    assert.deepEqual(await vaeInputs(vgg, file), given);
    assert.deepEqual(await vaeInputs(perceptual("weight=0.2"), file), given);
  });
});

Deno.test("presetPipeline() says which file a perceptual term needs, and refuses a needless one", async () => {
  const vgg = perceptual("weight=0.2", "network=vgg16-lpips");
  await assert.rejects(vaeInputs(vgg), {
    name: "UserError",
    message:
      /expected --perceptual with vgg16-lpips, which "spherear fetch vgg16-lpips" gets; vaeTraining\.perceptual\.weight 0 leaves it out$/,
  });
  await assert.rejects(vaeInputs([], "v.safetensors"), {
    name: "UserError",
    message: /v\.safetensors": the training has no perceptual term; set vaeTr/,
  });
});

Deno.test("presetPipeline() says at once what a preset lacks, and where to say it", async () => {
  const message = 'Cannot run preset "imagenet256-b" as a pipeline: it says ' +
    "nothing of dataset, heldout, classifier; say it in a preset file with " +
    'extends = "imagenet256-b", as docs/pipelines.md shows, or run single ' +
    "stages";
  await assert.rejects(presetPipeline({ preset: "imagenet256-b", seed: 0 }), {
    name: "UserError",
    message,
  });
  await inFolder(async (folder) => {
    const preset = join(folder, "mine.toml");
    const text = 'extends = "imagenet256-b"\nheldout = 0.1\n';
    await Deno.writeTextFile(preset, text);
    await assert.rejects(presetPipeline({ preset, seed: 0 }), {
      name: "UserError",
      message: /nothing of dataset, classifier; say it in that file, as docs/,
    });
  });
});
