import assert from "node:assert/strict";
import { UserError } from "../../../lib/artifact/mod.ts";
import { inSteps } from "../../../lib/preset/length.ts";
import { resolvePreset } from "../../../lib/preset/resolve.ts";

Deno.test("inSteps() counts the whole batches of an epoch", () => {
  const training = { epochs: 3, batch: 4, clip: 1 };
  assert.deepEqual(inSteps(training, 11), { steps: 6, batch: 4, clip: 1 });
  assert.deepEqual(inSteps(training, 12).steps, 9);
  assert.equal(inSteps({ epochs: 0.5, batch: 4 }, 12).steps, 2);
  assert.equal(inSteps({ epochs: 0.1, batch: 4 }, 4).steps, 1);
});

Deno.test("inSteps() leaves steps as they are, whatever the images", () => {
  assert.deepEqual(inSteps({ steps: 7, batch: 4 }, 2), { steps: 7, batch: 4 });
});

Deno.test("inSteps() refuses images that fill no batch", () => {
  assert.throws(() => inSteps({ epochs: 3, batch: 4 }, 3), (error) => {
    assert.ok(error instanceof UserError);
    assert.equal(
      error.message,
      "Cannot train for 3 epochs on 3 images: expected a batch of 4 at least; " +
        "set batch, or steps in place of epochs",
    );
    return true;
  });
});

Deno.test("resolvePreset() replaces a length by one in the other unit", async () => {
  const { numbers, sources } = await resolvePreset({
    preset: "imagenet256-b",
    set: ["vaeTraining.steps=10", "arTraining.epochs=0.5"],
  });
  const { vaeTraining, arTraining } = numbers;
  assert.equal(vaeTraining?.steps, 10);
  assert.equal(vaeTraining?.epochs, undefined);
  assert.equal(arTraining?.epochs, 0.5);
  assert.ok(!sources.has("vaeTraining.epochs"));
});

Deno.test("resolvePreset() refuses a file with two lengths, and one of none", async () => {
  const folder = await Deno.makeTempDir();
  const preset = `${folder}/mine.toml`;
  const both = 'extends = "tiny"\n[arTraining]\nsteps = 1\nepochs = 2';
  await Deno.writeTextFile(preset, both);
  await assert.rejects(
    resolvePreset({ preset }),
    /mine\.toml": arTraining\.steps: expected one of steps and epochs, found 1/,
  );
  const none = 'extends = "tiny"\n[arTraining]\nepochs = -1';
  await Deno.writeTextFile(preset, none);
  await assert.rejects(
    resolvePreset({ preset }),
    /mine\.toml": arTraining\.epochs: .*found -1/,
  );
  await Deno.remove(folder, { recursive: true });
});
