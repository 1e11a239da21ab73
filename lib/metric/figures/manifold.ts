import {
  DENSITY_NEIGHBOURS,
  type DensityCoverage,
  densityCoverage,
} from "../manifold/density_coverage.ts";
import {
  type PrecisionRecall,
  precisionRecall,
} from "../manifold/precision_recall.ts";
import { bothFeatures, type FeatureRow, type SetMetric } from "./metric.ts";

/** What a row of this family says of itself. */
interface ManifoldRow<Part extends string> extends FeatureRow {
  /** Which of the two figures. */
  readonly part: Part;
}

/** Precision or recall of some features; both are measured together. */
export function manifold(
  { part, ...row }: ManifoldRow<keyof PrecisionRecall>,
): SetMetric {
  return {
    ...share(row),
    usual: true,
    async score(subject) {
      const { engine, samples, reference, neighbours, once } = subject;
      if (Math.min(samples.count, reference.count) <= neighbours) return null;
      const both = await once(`manifold ${row.features}`, async () => {
        const pair = await bothFeatures(subject, row.features);
        return precisionRecall(engine, { ...pair, neighbours });
      });
      return both[part];
    },
  };
}

/** Density or coverage of some features; both are measured together. */
export function balls(
  { part, ...row }: ManifoldRow<keyof DensityCoverage>,
): SetMetric {
  return {
    ...share(row),
    usual: false,
    async score(subject) {
      const { engine, reference, once } = subject;
      if (reference.count <= DENSITY_NEIGHBOURS) return null;
      const both = await once(`balls ${row.features}`, async () => {
        const pair = await bothFeatures(subject, row.features);
        return densityCoverage(engine, pair);
      });
      return both[part];
    },
  };
}

/** What shares of samples among the features of a reference have in common. */
function share({ title, ...of }: FeatureRow) {
  return {
    of: "sets",
    title,
    unit: "",
    digits: 3,
    better: "higher",
    set: "samples",
    needs: { ...of, reference: "features" },
  } as const;
}
