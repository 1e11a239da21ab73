import { inceptionScore } from "../inception_score.ts";
import type { SetMetric, SetNeeds } from "./metric.ts";

/** The inception score of some logits. */
export function scoreOfLogits(
  of: Pick<SetNeeds, "network" | "features">,
): SetMetric {
  return {
    of: "sets",
    title: "Inception Score",
    unit: "",
    digits: 1,
    better: "higher",
    set: "samples",
    usual: true,
    needs: { ...of, reference: "nothing" },
    score: async ({ samples }) =>
      inceptionScore(await samples.features(of.features)),
  };
}
