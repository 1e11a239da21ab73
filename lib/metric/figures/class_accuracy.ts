import { classAccuracy } from "../class_accuracy.ts";
import type { SetMetric, SetNeeds } from "./metric.ts";

/** Share of images that some logits put in their class. */
export function accuracyOfLogits(
  of: Pick<SetNeeds, "network" | "features">,
): SetMetric {
  return {
    of: "sets",
    title: "Class accuracy",
    unit: "",
    digits: 3,
    better: "higher",
    set: "samples",
    usual: true,
    needs: { ...of, reference: "nothing", labels: true },
    async score({ samples }) {
      const logits = await samples.features(of.features);
      return classAccuracy(logits, samples.source.labels!).all;
    },
  };
}
