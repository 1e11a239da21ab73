/** What dry runs refuse, which runs refuse too. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { writeArtifact } from "../../lib/artifact/mod.ts";
import {
  type PerceptualConfig,
  perceptualNetworkOf,
} from "../../lib/model/mod.ts";
import { PRESETS } from "../../lib/preset/checked.ts";
import { inFolder } from "../lib/artifact/_bytes.ts";
import { randomWeights, VAE } from "../lib/model/_models.ts";
import { runStages, SIZE, writeImages } from "./measuring_run.ts";

const SIDE = PRESETS.tiny.vae.image_size;

/** Requires a dry run and a run to be refused alike. */
async function assertRefused(
  folder: string,
  text: string,
  message: RegExp,
): Promise<void> {
  for (const dryRun of [true, false]) {
    const run = runStages(folder, text, { dryRun });
    await assert.rejects(run, { name: "UserError", message });
  }
}

/** Images of the preset's size, and smaller ones. */
async function writeSets(folder: string): Promise<void> {
  const sets = [["right", SIDE], ["small", SIZE]] as const;
  for (const [name, size] of sets) {
    const path = join(folder, `${name}.safetensors`);
    await writeImages(path, { count: 4, seed: 1, size });
  }
}

/** A network of LPIPS's kind with random weights. */
async function writePerceptual(path: string): Promise<void> {
  const config: PerceptualConfig = {
    name: "vgg16-lpips",
    widths: [4, 4],
    repeats: [1, 1],
  };
  await writeArtifact(path, {
    kind: "perceptual",
    tensors: randomWeights(perceptualNetworkOf(config).shapes(config)),
    config: { ...config },
  });
}

function trainVae(inputs: string, settings: readonly string[] = []): string {
  return `
[stages.train-vae]
inputs = { ${inputs} }
options = { steps = 1, set = ${JSON.stringify(settings)} }
`;
}

Deno.test("train-vae refuses images of another size than the preset's in a dry run", async () => {
  await inFolder(async (folder) => {
    await writeSets(folder);
    const [right, small] = ["right.safetensors", "small.safetensors"];
    const message =
      /stages\.train-vae: .*small\.saf\w+": its images are 12 x 12, expected 32 x 32$/;
    for (
      const inputs of [
        `images = "${small}"`,
        `images = "${right}", heldout = "${small}"`,
      ]
    ) await assertRefused(folder, trainVae(inputs), message);
    const { results } = await runStages(
      folder,
      trainVae(`images = "${right}", heldout = "${right}"`),
      { dryRun: true },
    );
    assert.equal(results[0]!.state, "would run");
  });
});

Deno.test("train-vae takes a perceptual network that lies beside the pipeline file", async () => {
  await inFolder(async (folder) => {
    await writeSets(folder);
    await writePerceptual(join(folder, "vgg16-lpips.safetensors"));
    const images = 'images = "right.safetensors"';
    const perceptual = 'perceptual = "vgg16-lpips.safetensors"';
    const settings = ["weight=1", "network=vgg16-lpips"]
      .map((text) => `training.perceptual.${text}`);
    const both = trainVae(`${images}, ${perceptual}`, settings);
    const { results } = await runStages(folder, both, { dryRun: true });
    assert.equal(results[0]!.state, "would run");
    const missing =
      /expected --perceptual with vgg16-lpips, which "spherear fetch/;
    await assertRefused(folder, trainVae(images, settings), missing);
    const needless =
      /vgg16-lpips\.saf\w+": the training has no perceptual term/;
    const unweighted = trainVae(`${images}, ${perceptual}`);
    await assertRefused(folder, unweighted, needless);
    const other = trainVae(`${images}, ${perceptual}`, settings.slice(0, 1));
    await assertRefused(folder, other, /network vgg16-lpips, expected classif/);
  });
});

Deno.test("stages that encode refuse images of another size in a dry run", async () => {
  await inFolder(async (folder) => {
    await writeSets(folder);
    await writeArtifact(join(folder, "svae.safetensors"), {
      kind: "svae",
      tensors: {},
      config: { ...VAE },
    });
    for (const stage of ["cache", "encode", "reconstruct"]) {
      const text = `
[stages.${stage}]
inputs = { svae = "svae.safetensors", images = "small.safetensors" }
`;
      const run = runStages(folder, text, { dryRun: true });
      const message = /small\.saf\w+": its images are 12 x 12, expected 8 x 8$/;
      await assert.rejects(run, { name: "UserError", message });
    }
  });
});
