import assert from "node:assert/strict";
import { openArtifact, UserError } from "../../../../lib/artifact/mod.ts";
import { arShapes } from "../../../../lib/model/mod.ts";
import type { HostTensor } from "../../../../lib/tensor/mod.ts";
import { inFolder } from "../../artifact/_bytes.ts";
import { AR, randomWeights } from "../../model/_models.ts";
import { assertClose } from "../../../tensors.ts";
import { runStages } from "../../../stages/measuring_run.ts";
import { writeModel } from "./_models.ts";

function sample(dtype: string): string {
  return `
[stages.sample]
inputs = { model = "model.safetensors" }
options = { preset = "tiny", steps = 3, count = 2, weightsDtype = "${dtype}" }
`;
}

/** Tokens of a run of its own, and the recipe's options. */
async function sampled(
  folder: string,
  dtype: string,
): Promise<{ tokens: HostTensor; options: Record<string, unknown> }> {
  const { path } = await runStages(folder, sample(dtype));
  const reader = await openArtifact(path("sample", "samples"), "samples");
  try {
    const options = reader.recipe!["options"] as Record<string, unknown>;
    return { tokens: await reader.read("tokens"), options };
  } finally {
    reader.close();
  }
}

Deno.test("sample --weights-dtype moves tokens a little, and is part of the recipe", async () => {
  await inFolder(async (folder) => {
    await writeModel(folder);
    const whole = await sampled(folder, "f32");
    assert.ok(!("weightsDtype" in whole.options));
    for (const [dtype, tolerance] of [["f16", 0.01], ["q8", 0.1]] as const) {
      const { tokens, options } = await sampled(folder, dtype);
      assert.equal(options["weightsDtype"], dtype);
      assert.notDeepEqual(tokens.data, whole.tokens.data);
      assertClose(tokens, whole.tokens, { what: dtype, tolerance });
    }
  });
});

Deno.test("sample refuses weights that are not finite, or too large for f16", async () => {
  await inFolder(async (folder) => {
    const name = "layers.0.attention.wo.weight";
    const weights = randomWeights(arShapes(AR));
    const kinds = [
      [70_000, "f16", /in f16: tensor "layers\.0.* is 70000/],
      [NaN, "f32", /tensor "layers\.0.* holds NaN/],
    ] as const;
    for (const [value, dtype, message] of kinds) {
      weights[name]!.data[1] = value;
      await writeModel(folder, weights);
      await assert.rejects(sampled(folder, dtype), (error) => {
        assert.ok(error instanceof UserError, `${error}`);
        assert.match(error.message, message);
        assert.doesNotMatch(error.message, /\n/);
        return true;
      });
    }
  });
});
