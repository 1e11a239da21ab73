import { z } from "zod";
import { size } from "./bounds.ts";
import { STEP_SCHEDULE } from "./step_schedule.ts";

/** How images are sampled. */
export const SAMPLING = z.strictObject({
  solver: z.enum(["euler", "euler-maruyama"]).describe(
    "solver of the head's flow: euler (paper) or euler-maruyama (release)",
  ),
  steps: STEP_SCHEDULE.describe(
    "solver steps per token; 50:5 takes 50 at the first token, fewer and " +
      "fewer after it, 5 at the last",
  ),
  cfg: z.number().min(1).max(1000).describe(
    "scale of classifier-free guidance; 1 is none",
  ),
  cfgSchedule: z.enum(["linear", "constant"]).describe(
    "how the scale grows over tokens",
  ),
  perClass: size().describe("images per class in a run"),
});

/** How images are sampled. */
export type Sampling = Readonly<z.infer<typeof SAMPLING>>;
