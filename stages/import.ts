import { z } from "zod";
import { defineCommand } from "../lib/pipeline/mod.ts";

/** Turns weights of others, such as the release's checkpoints, into an artifact. */
export const command = defineCommand({
  name: "import",
  summary: "Import weights: PyTorch checkpoints of the release, or safetensors",
  examples: [{
    does: "a checkpoint of the release, with its averaged weights",
    args: "SphereAR_B.pt -o b.safetensors",
  }, {
    does: "only the S-VAE of it",
    args: "SphereAR_B.pt --part svae -o svae.safetensors",
  }, {
    does:
      "torchvision's VGG16 and LPIPS's linear layers, for perceptual losses",
    args: "vgg16-397923af.pth vgg.pth -o vgg16-lpips.safetensors",
  }, {
    does: "the network of FID and Inception Score",
    args: "pt_inception-2015-12-05-6726825d.pth -o inception.safetensors",
  }],
  arguments: [{
    name: "file",
    help: "checkpoint (.pt), safetensors file, or folder of shards; or VGG16 " +
      "and LPIPS",
    many: true,
  }],
  options: z.object({
    output: z.string({ error: "expected a file to write" })
      .describe("artifact to write (model, ar, svae, perceptual, network)"),
    weights: z.enum(["ema", "model"]).optional().describe(
      "averaged or last weights (default: averaged where they are there)",
    ),
    part: z.enum(["all", "ar", "svae"]).default("all")
      .describe("what to take of a file that holds AR model and S-VAE"),
    config: z.string().optional().describe(
      "JSON file with sizes that are none of the release's, such as n_head",
    ),
    force: z.boolean().default(false)
      .describe("replace a file that is there and others made"),
  }),
  async run({ args, options, json, print, ...tools }) {
    const { importFiles } = await import("../lib/workflow/import/mod.ts");
    const { givenPaths } = await import("../lib/workflow/fetch/mod.ts");
    const { summaryLines } = await import("../lib/pipeline/mod.ts");
    const paths = await givenPaths(args, tools);
    const summary = await importFiles(paths, { ...options, ...tools });
    if (json) print(JSON.stringify(summary, null, 2));
    else for (const line of summaryLines(summary)) print(line);
    return 0;
  },
});
