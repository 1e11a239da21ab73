import { z } from "zod";
import { defineCommand } from "../lib/pipeline/mod.ts";

/** Turns models into files that the release's code and other tools read. */
export const command = defineCommand({
  name: "export",
  summary: "Export models: the release's PyTorch layout, safetensors, or ONNX",
  examples: [{
    does: "a checkpoint that the release's code loads",
    args: "b.safetensors -o b.pt",
  }, {
    does: "four ONNX models in a folder",
    args: "b.safetensors --format onnx -o onnx/",
  }],
  arguments: [{
    name: "file",
    help: "a model, or an AR model, an S-VAE or both",
    many: true,
  }],
  options: z.object({
    output: z.string({ error: "expected a file or folder to write" })
      .describe("file to write; for onnx a folder of models"),
    format: z.enum(["pt", "safetensors", "onnx"]).optional().describe(
      "what to write (default: as the file's name ends, .pt or .safetensors)",
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
