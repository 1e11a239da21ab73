import assert from "node:assert/strict";
import type { ArtifactFacts } from "../../../../lib/artifact/mod.ts";
import { estimateVaeTraining } from "../../../../lib/workflow/training/mod.ts";

const SIZE = 16;

/** What an artifact of images says of itself. */
const IMAGES: ArtifactFacts = {
  name: "train.safetensors",
  kind: "images",
  form: "pixels",
  config: { classes: ["one"], flips: [true] },
  sizes: { images: 8, height: SIZE, width: SIZE },
};

/** The notes of a training whose perceptual term is VGG16's. */
async function notes(isGiven: boolean): Promise<readonly string[]> {
  const { notes = [] } = await estimateVaeTraining({
    options: {
      preset: "tiny",
      steps: 1,
      batch: 2,
      accumulate: 1,
      recompute: false,
      set: [
        `vae.image_size=${SIZE}`,
        "training.perceptual.network=vgg16-lpips",
        "training.perceptual.weight=1",
      ],
    },
    inputs: { images: IMAGES, perceptual: undefined },
    takes: () => isGiven,
  });
  return notes;
}

Deno.test("estimateVaeTraining() asks for the perceptual network where none is given", async () => {
  assert.deepEqual(await notes(false), [
    "with VGG16 for the perceptual term, for which a run needs --perceptual",
  ]);
});

Deno.test("estimateVaeTraining() takes a network that is given but not here yet", async () => {
  assert.deepEqual(await notes(true), [
    "with VGG16 for the perceptual term, which is not here yet",
  ]);
});
