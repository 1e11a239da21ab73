import { z } from "zod";
import { defineCommand } from "../lib/pipeline/mod.ts";
import { WEIGHTS_DTYPES } from "../lib/workflow/options/mod.ts";

/** Turns models into files that the release's code and other tools read. */
export const command = defineCommand({
  name: "export",
  summary:
    "Export models: the release's PyTorch layout, safetensors, ONNX, or a web page",
  examples: [{
    does: "a checkpoint that the release's code loads",
    args: "b.safetensors -o b.pt",
  }, {
    does: "four ONNX models in a folder",
    args: "b.safetensors --format onnx -o onnx/",
  }, {
    does: "a page that samples in people's browsers, for any static host",
    args: "ar.safetensors svae.safetensors --format web -o site/",
  }],
  arguments: [{
    name: "file",
    help: "a model, or an AR model, an S-VAE or both",
    many: true,
  }],
  options: z.object({
    output: z.string({ error: "expected a file or folder to write" })
      .describe("file to write; for onnx and web a folder"),
    format: z.enum(["pt", "safetensors", "onnx", "web"]).optional().describe(
      "what to write (default: as the file's name ends, .pt or .safetensors)",
    ),
    weightsDtype: z.enum(WEIGHTS_DTYPES).optional().describe(
      "for web: what the AR model's large matrices are held in; q8 is 8 bits " +
        "(default: f16)",
    ),
    title: z.string().min(1).optional().describe(
      "for web: what the page calls the model (default: the file's name)",
    ),
    force: z.boolean().default(false)
      .describe("replace a file that is there and others made"),
  }),
  async run({ args, options, json, print, ...tools }) {
    const { exportModels } = await import("../lib/workflow/export/mod.ts");
    const { givenModels } = await import("../lib/workflow/fetch/mod.ts");
    const { summaryLines } = await import("../lib/pipeline/mod.ts");
    const paths = await givenModels(args, tools);
    const summary = await exportModels(paths, { ...options, ...tools });
    if (json) print(JSON.stringify(summary, null, 2));
    else for (const line of summaryLines(summary)) print(line);
    return 0;
  },
});
