import assert from "node:assert/strict";
import { join, relative } from "node:path";
import { writeArtifact } from "../../../../lib/artifact/mod.ts";
import { inFolder } from "../../artifact/_bytes.ts";
import {
  presetPipeline,
  type PresetRun,
} from "../../../../lib/workflow/pipeline/mod.ts";

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
    "nothing of dataset; name the images by --data, or say it in a preset " +
    'file with extends = "imagenet256-b", as docs/pipelines.md shows, or run ' +
    "single stages";
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
      message: /nothing of dataset; name .* by --data, or say it in that file,/,
    });
  });
});

/** The pipeline of a preset of the paper on ImageNet, nothing of which is there. */
async function onImagenet(preset: string, more: Partial<PresetRun> = {}) {
  const data = "imagenet:/data/train.tar";
  return await presetPipeline({
    preset,
    data,
    seed: 0,
    dryRun: true,
    ...more,
  });
}

Deno.test("presetPipeline() runs the paper's presets on images that --data names", async () => {
  const { stages } = await onImagenet("imagenet256-b");
  const { prepare, cache } = stages;
  assert.deepEqual(prepare, {
    options: {
      dataset: "imagenet:/data/train.tar",
      size: 256,
      heldoutShare: 0.002,
    },
    outputs: { train: "train/", heldout: "heldout/" },
  });
  assert.equal(cache!.inputs!.images, "prepare.train");
  assert.equal(cache!.outputs!.latents, "latents/");
  assert.deepEqual(stages["pick-heldout"], {
    uses: "pick",
    inputs: { images: "prepare.heldout" },
    options: { count: 1000, size: 256 },
    outputs: { images: "compared_heldout.safetensors" },
  });
  assert.equal(stages.evaluate!.inputs!.train, "pick-train.images");
  assert.equal(stages.evaluate!.inputs!.heldout, "pick-heldout.images");
  assert.deepEqual(stages["train-vae"]!.inputs, {
    images: "prepare.train",
    heldout: "pick-heldout.images",
  });
  assert.equal(stages["train-classifier"]!.options!.size, 256);
});

Deno.test("presetPipeline() holds out what --val names, and none of the others", async () => {
  const { stages } = await onImagenet("imagenet512-l", {
    val: "imagenet-val:/data/val.tar",
    valLabels: "/data/val.txt",
  });
  assert.equal(stages.prepare!.options!.heldoutShare, 0);
  assert.deepEqual(stages.prepare!.outputs, { train: "train/" });
  assert.deepEqual(stages["prepare-val"], {
    uses: "prepare",
    options: {
      dataset: "imagenet-val:/data/val.tar",
      size: 512,
      heldoutShare: 0,
      labels: "/data/val.txt",
    },
    outputs: { train: "val/" },
  });
  const { inputs } = stages["pick-heldout"]!;
  assert.deepEqual(inputs, { images: "prepare-val.train" });
});

Deno.test("presetPipeline() of a tokenizer ends with its reconstructions", async () => {
  const { stages } = await onImagenet("imagenet512-svae");
  assert.deepEqual(Object.keys(stages), [
    "prepare",
    "pick-train",
    "pick-heldout",
    "train-vae",
    "reconstruct",
    "reconstruct-train",
    "report",
  ]);
});

Deno.test("presetPipeline() asks for perceptual weights where it is to run", async () => {
  await assert.rejects(onImagenet("imagenet256-b", { dryRun: false }), {
    name: "UserError",
    message: /expected --perceptual with/,
  });
});

Deno.test("presetPipeline() measures samples by a reference that is given", async () => {
  const measure = {
    reference: "imagenet256-reference",
    network: "inception.safetensors",
  };
  const { stages } = await onImagenet("imagenet256-b", measure);
  assert.deepEqual(stages["evaluate-samples"], {
    uses: "evaluate",
    inputs: {
      samples: "sample.samples",
      reference: "imagenet256-reference",
      network: join(Deno.cwd(), "inception.safetensors"),
    },
    outputs: { metrics: "samples_metrics.safetensors" },
  });
  const { stages: others } = await onImagenet("imagenet256-b");
  assert.ok(!("evaluate-samples" in others));
  const { network } = measure;
  await assert.rejects(onImagenet("imagenet256-b", { network }), {
    name: "UserError",
    message: "Cannot measure by --network alone: expected --reference with it",
  });
  await assert.rejects(onImagenet("imagenet512-svae", measure), {
    name: "UserError",
    message: /"imagenet512-svae" by --reference: a tokenizer alone draws no/,
  });
});

Deno.test("presetPipeline() measures reconstructions by their own images", async () => {
  const network = "inception-2015-12-05";
  const { stages } = await onImagenet("imagenet512-svae", { network });
  assert.deepEqual(stages["evaluate-reconstructions"], {
    uses: "evaluate",
    inputs: {
      reconstructions: "reconstruct.reconstructions",
      reference: "pick-heldout.images",
      network,
    },
    outputs: { metrics: "reconstructions_metrics.safetensors" },
  });
  assert.equal(
    stages.report!.inputs!.metrics,
    "evaluate-reconstructions.metrics",
  );
});

Deno.test("presetPipeline() of small sets compares all of their images", async () => {
  const { stages } = await presetPipeline({ preset: "tiny", seed: 0 });
  assert.ok(!("pick-train" in stages));
  assert.equal(stages.evaluate!.inputs!.train, "prepare.train");
  assert.equal(stages.prepare!.outputs!.train, "train.safetensors");
  assert.deepEqual(stages["train-vae"]!.inputs, { images: "prepare.train" });
});
