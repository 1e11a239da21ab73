import {
  DENSITY_NEIGHBOURS,
  type DensityCoverage,
  densityCoverage,
} from "../manifold/density_coverage.ts";
import {
  type PrecisionRecall,
  precisionRecall,
} from "../manifold/precision_recall.ts";
import {
  bothFeatures,
  type SetMetric,
  type SetNeeds,
  type SetSubject,
} from "./metric.ts";

/** What a row of this family says of itself. */
interface ManifoldRow<Part extends string>
  extends Pick<SetNeeds, "network" | "features"> {
  readonly title: string;
  /** Which of the two figures. */
  readonly part: Part;
}

/** Precision or recall of some features; both are measured together. */
export function manifold(
  { title, part, ...of }: ManifoldRow<keyof PrecisionRecall>,
): SetMetric {
  return {
    of: "sets",
    title,
    unit: "",
    digits: 3,
    better: "higher",
    set: "samples",
    usual: true,
    needs: { ...of, reference: "features" },
    async score(subject) {
      const { engine, neighbours, once } = subject;
      if (smaller(subject) <= neighbours) return null;
      const both = await once(`manifold ${of.features}`, async () => {
        const pair = await bothFeatures(subject, of.features);
        return precisionRecall(engine, { ...pair, neighbours });
      });
      return both[part];
    },
  };
}

/** Density or coverage of some features; both are measured together. */
export function balls(
  { title, part, ...of }: ManifoldRow<keyof DensityCoverage>,
): SetMetric {
  return {
    of: "sets",
    title,
    unit: "",
    digits: 3,
    better: "higher",
    set: "samples",
    usual: false,
    needs: { ...of, reference: "features" },
    async score(subject) {
      const { engine, reference, once } = subject;
      if (reference.count <= DENSITY_NEIGHBOURS) return null;
      const both = await once(
        `balls ${of.features}`,
        async () =>
          densityCoverage(engine, await bothFeatures(subject, of.features)),
      );
      return both[part];
    },
  };
}

function smaller({ samples, reference }: SetSubject): number {
  return Math.min(samples.count, reference.count);
}
