import assert from "node:assert/strict";
import { join } from "node:path";
import { parsePipeline, planPipeline } from "../../../lib/pipeline/mod.ts";
import { pipelineText } from "../../../lib/pipeline/pipeline_text.ts";
import { presetPipeline } from "../../../lib/workflow/pipeline/mod.ts";
import { STAGES } from "../../../stages/mod.ts";

Deno.test("pipelineText() reads back as the same plan", async () => {
  const spec = await presetPipeline({
    preset: "tiny",
    set: ["vae.z_channels=256", "sampling.cfg=2"],
    folder: "somewhere/wide",
    seed: 7,
  });
  const text = pipelineText(spec, { place: "." });
  const lookup = async (uses: string) => (await STAGES[uses]!()).stage;
  const again = parsePipeline(text, join(Deno.cwd(), "p.toml"));
  assert.deepEqual(
    await planPipeline(again, lookup),
    await planPipeline(spec, lookup),
  );
});
