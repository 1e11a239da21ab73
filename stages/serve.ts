import { z } from "zod";
import { defineCommand } from "../lib/pipeline/mod.ts";
import { MODEL_FILES, SAMPLING_OPTIONS } from "../lib/workflow/options/mod.ts";

const { preset, weightsDtype } = SAMPLING_OPTIONS.shape;

/** Samples images for whoever asks over HTTP. */
export const command = defineCommand({
  name: "serve",
  summary: "Serve a model: a page, and images over HTTP, until ^C",
  examples: [{
    does: "a model on http://127.0.0.1:8080, for this machine alone",
    args: "--model b.safetensors",
  }, {
    does: "for other machines, which must show a token",
    args: "--model b.safetensors --host 0.0.0.0 --token-file token.txt",
  }, {
    does: "a run of one's own, with a page that export has made",
    args: "--ar ar.safetensors --svae svae.safetensors --site site/",
  }],
  options: z.object({
    ...MODEL_FILES.shape,
    host: z.string().min(1).default("127.0.0.1")
      .describe("address to listen on; one that others reach needs a token"),
    port: z.int().min(0).max(65_535).default(8080)
      .describe("port to listen on; 0 takes a free one"),
    token: z.string().optional().describe(
      "what every request must show; others on this machine may see command " +
        "lines: --token-file is safer",
    ).meta({ environment: "SPHEREAR_TOKEN" }),
    tokenFile: z.string().optional()
      .describe("file that holds the token").meta({ value: "file" }),
    site: z.string().optional().describe(
      "folder that export --format web has made (default: made when it is " +
        "asked for)",
    )
      .meta({ value: "folder" }),
    preset: preset.describe(
      "how to sample where a request does not say it (default: as the " +
        "released model of these sizes, else tiny)",
    ),
    weightsDtype,
    batch: z.int().min(1).max(1024).default(4).describe(
      "images in one engine call, filled up where fewer are asked for; " +
        "images depend on it in their last digits",
    ),
    mostImages: z.int().min(1).max(1024).default(64)
      .describe("images that one request may ask for"),
    mostSteps: z.int().min(1).max(10_000).default(250)
      .describe("solver steps per token that one request may ask for"),
    mostWaiting: z.int().min(1).max(1_000_000).default(256)
      .describe("images that may wait; more are turned away"),
  }),
  async run(context) {
    const { runServe } = await import("../lib/workflow/serve/mod.ts");
    await runServe(context);
    return 0;
  },
});
