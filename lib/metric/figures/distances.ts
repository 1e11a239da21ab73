import { kernelDistance } from "../kernel_distance.ts";
import { mongeDistance } from "../monge_distance.ts";
import { bothFeatures, type FeatureRow, type SetMetric } from "./metric.ts";

/** The kernel distance of some features. */
export function kernel(row: FeatureRow): SetMetric {
  return {
    ...distance(row),
    digits: 5,
    async score(subject) {
      const pair = await bothFeatures(subject, row.features);
      return (await kernelDistance(subject.engine, pair)).mean;
    },
  };
}

/** The sliced Wasserstein distance of some features. */
export function monge(row: FeatureRow): SetMetric {
  return {
    ...distance(row),
    digits: 2,
    async score(subject) {
      const pair = await bothFeatures(subject, row.features);
      return await mongeDistance(subject.engine, pair);
    },
  };
}

/** What distances between features of samples have in common. */
function distance({ title, ...of }: FeatureRow) {
  return {
    of: "sets",
    title,
    unit: "",
    better: "lower",
    set: "samples",
    usual: false,
    needs: { ...of, reference: "features" },
  } as const;
}
