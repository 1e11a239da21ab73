import assert from "node:assert/strict";
import { z } from "zod";
import {
  PRESET_OPTIONS,
  presetNumbers,
  VIEW_OPTIONS,
} from "../../../../lib/workflow/options/mod.ts";

const OPTIONS = z.object({ ...PRESET_OPTIONS, ...VIEW_OPTIONS });

/** Numbers of a training of the tiny preset with such options. */
async function training(given: Readonly<Record<string, unknown>>) {
  const options = OPTIONS.parse(given);
  const { training } = await presetNumbers("train-vae", options);
  const { latents } = await presetNumbers("cache", options);
  return { training, latents };
}

const SHIFT = { augmentation: "shift", shift: 1, flip: true };

Deno.test("--flip and --shift stand in the place of the preset's numbers", async () => {
  const preset = await training({});
  assert.equal(preset.training.flip, undefined);
  assert.deepEqual(preset.latents, SHIFT);
  // As a command line gives it, and as a pipeline file does.
  for (const flip of ["no", false]) {
    const own = await training({ flip, shift: 0 });
    assert.equal(own.training.flip, false);
    assert.equal(own.training.shift, 0);
    assert.deepEqual(own.latents, { ...SHIFT, shift: 0, flip: false });
  }
  assert.equal((await training({ flip: "yes" })).training.flip, true);
  assert.throws(() => OPTIONS.parse({ flip: "maybe" }), /expected yes or no/);
});

Deno.test("--augmentation leaves out the numbers of the preset's own, and needs its own", async () => {
  const centre = await training({ augmentation: "centre-crop" });
  assert.deepEqual(centre.latents, { augmentation: "centre-crop", flip: true });
  const crops = { augmentation: "random-crop", minFraction: 0.7 };
  const random = await training(crops);
  assert.deepEqual(random.latents, { ...crops, flip: true });
  await assert.rejects(
    training({ augmentation: "random-crop" }),
    /vaeTraining\.minFraction: expected a number, which random-crop needs/,
  );
  await assert.rejects(
    training({ minFraction: 0.7 }),
    /^UserError: --min-fraction: vaeTraining\.minFraction: expected none with shift, found 0\.7/,
  );
});
