import { z } from "zod";
import { type SamplingOptions, solverSteps } from "../../sample/mod.ts";
import type { HostTensor } from "../../tensor/mod.ts";
import type { Recording } from "./recording.ts";

/** What a recording of the case "sample" says of its runs, among other things. */
export const RECORDED_RUNS = z.object({
  runs: z.array(z.object({
    name: z.string(),
    solver: z.enum(["euler", "euler_maruyama"]),
    schedule: z.enum(["linear", "constant", "none"]),
    cfg: z.number(),
    steps: z.int().min(1).max(10_000),
  })).max(1_000),
});

/** One run of a recording. */
export type RecordedRun = z.infer<typeof RECORDED_RUNS>["runs"][number];

/** How a run was sampled, in our terms. */
export function optionsOf(
  { solver, schedule, cfg, steps }: RecordedRun,
): SamplingOptions {
  return {
    solver: solver === "euler" ? "euler" : "euler-maruyama",
    steps,
    guidance: {
      cfg: schedule === "none" ? 1 : cfg,
      schedule: schedule === "none" ? "constant" : schedule,
    },
  };
}

/**
 * The draws of a run, [token, draw, row, d].
 *
 * @throws {UserError} when they are missing or of another shape
 */
export async function readNoise(
  recording: Recording,
  run: RecordedRun,
  { images, tokens, d }: { images: number; tokens: number; d: number },
): Promise<HostTensor<"f32">> {
  const { solver, guidance } = optionsOf(run);
  const rows = guidance.cfg > 1 ? 2 * images : images;
  const stochastic = solverSteps({ solver, steps: run.steps })
    .filter((step) => step.noise > 0).length;
  const shape = [tokens, 1 + stochastic, rows, d];
  const noise = await recording.read(`in/${run.name}/noise`, shape);
  return noise as HostTensor<"f32">;
}
