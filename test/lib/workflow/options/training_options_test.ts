import assert from "node:assert/strict";
import { UserError } from "../../../../lib/artifact/mod.ts";
import {
  aloneWithoutParts,
  presetNumbers,
  settledTraining,
  trainingNumbers,
} from "../../../../lib/workflow/options/mod.ts";

Deno.test("--epochs stands in the place of the preset's steps, and --steps of its epochs", async () => {
  const tiny = await presetNumbers("train-vae", { preset: "tiny", epochs: 2 });
  assert.equal(tiny.training.epochs, 2);
  assert.ok(!("steps" in tiny.training));
  const paper = { preset: "imagenet256-b", steps: 9 };
  const { training } = await presetNumbers("train-ar", paper);
  assert.equal(training.steps, 9);
  assert.ok(!("epochs" in training));
});

Deno.test("presetNumbers() refuses --steps with --epochs", async () => {
  const options = { preset: "tiny", steps: 9, epochs: 2 };
  await assert.rejects(presetNumbers("train-ar", options), (error) => {
    assert.ok(error instanceof UserError);
    assert.match(error.message, /^Cannot take --steps with --epochs/);
    return true;
  });
});

Deno.test("settledTraining() counts steps once the images are there", async () => {
  const options = { preset: "tiny", set: ["training.epochs=10"], batch: 4 };
  const early = await settledTraining("train-classifier", options);
  const unsettled = await presetNumbers("train-classifier", options);
  assert.equal(unsettled.training.epochs, 10);
  assert.deepEqual(early, unsettled);
  const images = { images: 18 };
  const late = await settledTraining("train-classifier", options, images);
  assert.equal(late.training.steps, 40);
  assert.ok(!("epochs" in late.training));
  assert.deepEqual(
    late,
    await trainingNumbers("train-classifier", options, images),
  );
});

Deno.test("the paper's presets name parts, of which a smaller batch has fewer", async () => {
  const partsOf = async (
    stage: "train-vae" | "train-ar",
    options: { preset: string; batch?: number; parts?: number },
  ) => (await presetNumbers(stage, options)).training.parts;
  const preset = "imagenet256-l";
  assert.equal(await partsOf("train-vae", { preset }), 8);
  assert.equal(await partsOf("train-ar", { preset }), 16);
  assert.equal(await partsOf("train-ar", { preset, batch: 4 }), 4);
  assert.equal(await partsOf("train-ar", { preset, batch: 4, parts: 2 }), 2);
  assert.equal(await partsOf("train-ar", { preset: "tiny" }), undefined);
});

Deno.test("aloneWithoutParts() says why ranks cannot share a training", async () => {
  const tiny = { preset: "tiny" };
  assert.match(await aloneWithoutParts("train-ar", tiny) ?? "", /--parts/);
  assert.equal(
    await aloneWithoutParts("train-ar", { ...tiny, parts: 2 }),
    undefined,
  );
  const paper = { preset: "imagenet256-b" };
  assert.equal(await aloneWithoutParts("train-ar", paper), undefined);
  const whole = { ...paper, parts: 1 };
  assert.match(await aloneWithoutParts("train-ar", whole) ?? "", /--parts/);
});
