import { kernelDistance } from "../kernel_distance.ts";
import { mongeDistance } from "../monge_distance.ts";
import { bothFeatures, type SetMetric, type SetNeeds } from "./metric.ts";

/** The kernel distance of some features. */
export function kernel(
  { title, ...of }: Pick<SetNeeds, "network" | "features"> & {
    readonly title: string;
  },
): SetMetric {
  return {
    of: "sets",
    title,
    unit: "",
    digits: 5,
    better: "lower",
    set: "samples",
    usual: false,
    needs: { ...of, reference: "features" },
    async score(subject) {
      const pair = await bothFeatures(subject, of.features);
      return (await kernelDistance(subject.engine, pair)).mean;
    },
  };
}

/** The sliced Wasserstein distance of some features. */
export function monge(
  { title, ...of }: Pick<SetNeeds, "network" | "features"> & {
    readonly title: string;
  },
): SetMetric {
  return {
    of: "sets",
    title,
    unit: "",
    digits: 2,
    better: "lower",
    set: "samples",
    usual: false,
    needs: { ...of, reference: "features" },
    score: async (subject) =>
      await mongeDistance(
        subject.engine,
        await bothFeatures(subject, of.features),
      ),
  };
}
