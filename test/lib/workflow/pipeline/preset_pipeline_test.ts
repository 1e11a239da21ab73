import assert from "node:assert/strict";
import { presetPipeline } from "../../../../lib/workflow/pipeline/mod.ts";

async function vaeInputs(set: readonly string[]) {
  const spec = await presetPipeline({ preset: "tiny", set, seed: 0 });
  return spec.stages["train-vae"]!.inputs;
}

Deno.test("presetPipeline() hands the classifier to a perceptual term of it", async () => {
  const images = "prepare.train";
  assert.deepEqual(await vaeInputs(["vaeTraining.perceptual.weight=0.2"]), {
    images,
    perceptual: "train-classifier.classifier",
  });
  assert.deepEqual(await vaeInputs(["vaeTraining.perceptual.weight=0"]), {
    images,
  });
  const vgg = ["weight=0.2", "network=vgg16-lpips"]
    .map((text) => `vaeTraining.perceptual.${text}`);
  assert.deepEqual(await vaeInputs(vgg), { images });
});
