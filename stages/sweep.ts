import { z } from "zod";
import { defineCommand } from "../lib/pipeline/mod.ts";
import {
  LOOK_BATCH,
  MEASURING_OPTIONS,
  MODEL_FILES,
  SAMPLING_OPTIONS,
} from "../lib/workflow/options/mod.ts";

const { classes, count, batch, preset, weightsDtype } = SAMPLING_OPTIONS.shape;

/** Values of one axis as an option. */
function axis(help: string) {
  return z.string().min(1).optional().describe(help).meta({ value: "list" });
}

/** Measures samples over numbers of sampling: FID against guidance and the like. */
export const command = defineCommand({
  name: "sweep",
  summary: "Measure samples over scales, steps, schedules, solvers and seeds",
  shares: true,
  examples: [{
    does: "FID against the scale of guidance, in 21 points",
    args:
      "--model b.safetensors --cfg 3.5:5.5:0.1 --count 5000 --reference imagenet256-reference --network inception-2015-12-05 -o sweep/",
  }, {
    does: "two more scales later: what is there is not done again",
    args:
      "--model b.safetensors --cfg 3.5:5.5:0.1,6,7 --count 5000 --reference imagenet256-reference --network inception-2015-12-05 -o sweep/",
  }, {
    does: "a curve for each number of steps, of a run of one's own",
    args:
      "--ar ar.safetensors --svae svae.safetensors --cfg 1:4:0.5 --steps 25,50,50:5 --reference train.safetensors --network classifier.safetensors -o sweep/",
  }],
  options: z.object({
    ...MODEL_FILES.shape,
    reference: z.string({ error: "expected real images to measure by" })
      .describe("real images, their features, or statistics of them")
      .meta({ value: "file" }),
    network: z.string({ error: "expected a network that looks at images" })
      .describe("network that looks at images, which decides on the figures")
      .meta({ value: "file" }),
    output: z.string({ error: "expected a folder to write" })
      .describe("folder of the points, sweep.json and sweep.html"),
    cfg: axis(
      "scales of guidance, such as 1,3.5:5.5:0.1 (first:last:step, both ends " +
        "included) (default: the preset's)",
    ),
    steps: axis(
      "solver steps per token, such as 25,50,50:5 or 20:100:20; one colon is " +
        "a schedule, two are a range (default: the preset's)",
    ),
    cfgSchedule: axis(
      "how the scale grows over tokens: linear, constant or both (default: " +
        "the preset's)",
    ),
    solver: axis(
      "euler, euler-maruyama or both (default: the preset's)",
    ),
    seed: axis("seeds, such as 0:4:1, each a point (default: 0)"),
    preset,
    classes,
    count,
    batch,
    weightsDtype,
    ...MEASURING_OPTIONS,
    lookBatch: LOOK_BATCH.describe(
      "images that the network looks at in one engine call",
    ),
    keepImages: z.boolean().default(false)
      .describe("keep the images of every point, in images/"),
    force: z.boolean().default(false)
      .describe("make every point again, and replace what others made"),
    dryRun: z.boolean().default(false)
      .describe("only say which points would run, and why"),
  }),
  async run(context) {
    const { runSweep } = await import("../lib/workflow/sweep/mod.ts");
    await runSweep(context);
    return 0;
  },
});
