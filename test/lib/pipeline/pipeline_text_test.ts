import assert from "node:assert/strict";
import { join } from "node:path";
import {
  parsePipeline,
  type PipelineSpec,
  planPipeline,
} from "../../../lib/pipeline/mod.ts";
import { pipelineText } from "../../../lib/pipeline/pipeline_text.ts";
import { presetPipeline } from "../../../lib/workflow/pipeline/mod.ts";
import { STAGES } from "../../../stages/mod.ts";

async function lookup(uses: string) {
  return (await STAGES[uses]!()).stage;
}

/** A plan without where its steps are written. */
async function planned(spec: PipelineSpec) {
  const { folder, steps } = await planPipeline(spec, lookup);
  return { folder, steps: steps.map((step) => ({ ...step, where: "" })) };
}

for (const folder of ["somewhere/wide", "/elsewhere/wide"]) {
  Deno.test(`pipelineText() in ${folder} reads back as the same plan`, async () => {
    const spec = await presetPipeline({
      preset: "tiny",
      set: ["vae.z_channels=256", "sampling.cfg=2"],
      folder,
      seed: 7,
    });
    const text = pipelineText(spec, { place: "." });
    assert.ok(text.startsWith(`folder = "${folder}"\n`), text);
    const again = parsePipeline(text, join(Deno.cwd(), "p.toml"));
    assert.deepEqual(await planned(again), await planned(spec));
  });
}
