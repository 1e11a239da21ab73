import { z } from "zod";
import { defineStage } from "../lib/pipeline/mod.ts";
import {
  MODEL_INPUTS,
  PRESET,
  SET,
  settledNumbers,
  WEIGHTS_DTYPES,
} from "../lib/workflow/options/mod.ts";

/** Puts a model and all that samples it into one page. */
export const stage = defineStage({
  name: "demo",
  summary: "Write a page of one file that samples a model in a browser",
  examples: [{
    does: "a page to open from the disk, or to send to somebody",
    args: "--ar ar.safetensors --svae svae.safetensors -o demo.html",
  }],
  version: 2,
  inputs: MODEL_INPUTS,
  outputs: {
    page: { kind: "file", extension: "html", help: "the page" },
  },
  options: z.object({
    preset: PRESET.optional().describe(
      "how it samples unless people choose otherwise: a preset, or a TOML file " +
        "of yours (default: as the released model of these sizes, else tiny)",
    ),
    set: SET,
    weightsDtype: z.enum(WEIGHTS_DTYPES).default("f16").describe(
      "what the AR model's large matrices are held in; q8 is 8 bits",
    ),
    title: z.string().min(1).default("SphereAR")
      .describe("what the page calls the model"),
  }),
  async settle({ weightsDtype, title, ...given }) {
    return { sampling: await settledNumbers(given), weightsDtype, title };
  },
  async run({ inputs, outputs, options }) {
    const { demoPage, openWebModel } = await import(
      "../lib/workflow/web/mod.ts"
    );
    const { generatorOf } = await import("../lib/workflow/models/mod.ts");
    const { weightsDtype: weights, title, ...numbers } = options;
    const files = generatorOf(inputs);
    const model = await openWebModel(files, { weights, numbers });
    const page = await demoPage(model, { name: title });
    const bytes = new TextEncoder().encode(page);
    await outputs.page.writeFile(bytes);
    return { bytes: bytes.length };
  },
});
