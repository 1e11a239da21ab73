import { frechetDistanceOfMoments } from "../frechet_distance.ts";
import {
  frechetInterval,
  frechetLimit,
  type FrechetSampling,
} from "../frechet_samples.ts";
import {
  bothMoments,
  type FeatureRow,
  type SetMetric,
  type SetSubject,
} from "./metric.ts";

/** What a row of this family says of itself. */
interface FrechetRow extends FeatureRow {
  readonly set?: SetMetric["set"];
}

/** A Fréchet distance of some features. */
export function frechet(row: FrechetRow): SetMetric {
  return {
    ...common(row),
    usual: true,
    async score(subject) {
      const [a, b] = await bothMoments(subject, row.features);
      return frechetDistanceOfMoments(a, b);
    },
    async interval(subject) {
      return await frechetInterval(await samplingOf(subject, row));
    },
  };
}

/** Fewest samples whose subsets lie on a line. */
const LEAST = 20;

/** The same at infinitely many samples. */
export function frechetAtInfinity(row: FrechetRow): SetMetric {
  return {
    ...common(row),
    usual: false,
    async score(subject) {
      if (subject.samples.count < LEAST) return null;
      return await frechetLimit(await samplingOf(subject, row));
    },
  };
}

/** What Fréchet distances have in common. */
function common({ title, set = "samples", ...of }: FrechetRow) {
  return {
    of: "sets",
    title,
    unit: "",
    digits: 2,
    better: "lower",
    set,
    needs: { ...of, reference: "moments" },
  } as const;
}

/** What is drawn from the samples of a subject. */
async function samplingOf(
  { samples, reference, seed, signal }: SetSubject,
  { features }: FeatureRow,
): Promise<FrechetSampling> {
  return {
    samples: await samples.features(features),
    reference: await reference.moments(features),
    seed,
    ...signal && { signal },
  };
}
