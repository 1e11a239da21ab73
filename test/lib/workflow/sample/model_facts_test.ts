import assert from "node:assert/strict";
import type { ArtifactReader } from "../../../../lib/artifact/mod.ts";
import { modelFacts } from "../../../../lib/workflow/sample/model_facts.ts";

/** An artifact that says how it was made and no more. */
function made(
  recipe: ArtifactReader["recipe"],
  inputs: ArtifactReader["inputs"] = {},
): ArtifactReader {
  const digest = () => Promise.resolve("ab");
  return { recipe, inputs, digest } as unknown as ArtifactReader;
}

Deno.test("modelFacts() says whose average weights are", async () => {
  const trained = (ema: number) =>
    made({ stage: "train-ar", options: { training: { ema } } }, {
      latents: "c",
    });
  const imported = (weights: string) =>
    made({ stage: "import", options: { weights } }, { weights: "cd" });
  assert.deepEqual(
    await modelFacts({ ar: trained(0.9999), svae: trained(0) }),
    { ar: { digest: "ab", ema: 0.9999 }, svae: { digest: "ab", ema: false } },
  );
  assert.deepEqual(await modelFacts({ model: imported("ema") }), {
    model: { digest: "ab", published: "cd", ema: true },
  });
  assert.deepEqual(await modelFacts({ model: imported("model") }), {
    model: { digest: "ab", published: "cd", ema: false },
  });
  for (const recipe of [undefined, { stage: "else", options: [] }]) {
    assert.deepEqual(await modelFacts({ model: made(recipe) }), {
      model: { digest: "ab" },
    });
  }
});
