import assert from "node:assert/strict";
import { UserError } from "../../../lib/artifact/mod.ts";
import { settings } from "../../../lib/preset/settings.ts";

/** The numbers of one setting. */
function numbersOf(text: string): unknown {
  const roots = { training: "vaeTraining" } as const;
  return settings([text], { roots })[0]!.numbers;
}

Deno.test("settings() reads numbers, lists, truth values and texts", () => {
  assert.deepEqual(numbersOf("vae.z_channels=256"), {
    vae: { z_channels: 256 },
  });
  assert.deepEqual(numbersOf("vae.cnn_chs = [8, 16]"), {
    vae: { cnn_chs: [8, 16] },
  });
  assert.deepEqual(numbersOf("latents.flip=false"), {
    latents: { flip: false },
  });
  assert.deepEqual(numbersOf("sampling.steps=50:5"), {
    sampling: { steps: "50:5" },
  });
  assert.deepEqual(numbersOf("dataset=folder:a=b"), { dataset: "folder:a=b" });
});

Deno.test("settings() puts backbone and posterior before their numbers", () => {
  const texts = ["vae.c_sigma=0.1", "vae.z_channels=8", "vae.backbone=vit"];
  const said = settings([...texts, "vae.posterior=fixed-variance"]);
  assert.deepEqual(said.map(({ numbers }) => Object.keys(numbers.vae!)[0]), [
    "backbone",
    "posterior",
    "c_sigma",
    "z_channels",
  ]);
});

Deno.test("settings() takes short names of sections", () => {
  const numbers = { vaeTraining: { klWeight: 0.001 } };
  assert.deepEqual(numbersOf("training.klWeight=1e-3"), numbers);
  assert.deepEqual(numbersOf("vaeTraining.klWeight=1e-3"), numbers);
});

for (
  const [text, message] of [
    ["vae.z_channels", /expected path=value/],
    ["", /expected path=value/],
    ["=3", /"": no number/],
    ["vae.z_chanels=3", /nearest are vae\.z_channels, /],
    ["vae=3", /"vae": no number/],
    ["vae.z_channels.x=3", /no number of a preset/],
    ["vae.z_channels={}", /"vae\.z_channels" to "\{\}": expected a number/],
    ["__proto__.steps=3", /no number of a preset/],
    ["vae.constructor=3", /no number of a preset/],
    ["toString.steps=3", /no number of a preset/],
  ] as const
) {
  Deno.test(`settings() refuses ${JSON.stringify(text)}`, () => {
    assert.throws(() => numbersOf(text), (error) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, message);
      return true;
    });
  });
}

Deno.test("settings() refuses what is not read here", () => {
  const only = { sections: ["ar", "arTraining"] } as const;
  assert.throws(
    () => settings(["vae.z_channels=3"], only),
    /"vae\.z_channels" here: only ar and arTraining are read/,
  );
});
