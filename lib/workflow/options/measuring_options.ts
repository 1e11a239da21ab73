import { z } from "zod";
import { METRIC_NAMES } from "../../metric/names.ts";

/** Which figures of sets of images are measured, and how. */
export const MEASURING_OPTIONS = {
  metrics: z.array(z.enum(METRIC_NAMES)).min(1).optional().describe(
    `figures, of ${METRIC_NAMES.join(", ")} (default: those of ADM's ` +
      "evaluator that can be measured)",
  ),
  ci: z.boolean().default(false)
    .describe("intervals of 95 % around Frechet distances, by bootstrap"),
  repeats: z.boolean().default(false)
    .describe("measure samples some of which are copies of others"),
  neighbours: z.int().min(1).max(100).default(3)
    .describe("neighbours of precision and recall"),
};

/** Images that the network looks at in one engine call. */
export const LOOK_BATCH = z.int().min(1).max(1_024).default(16)
  .describe("images in one engine call");
