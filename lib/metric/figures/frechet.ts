import { frechetDistanceOfMoments } from "../frechet_distance.ts";
import { frechetInterval, frechetLimit } from "../frechet_samples.ts";
import { bothMoments, type SetMetric, type SetNeeds } from "./metric.ts";

/** What a row of this family says of itself. */
interface FrechetRow extends Pick<SetNeeds, "network" | "features"> {
  readonly title: string;
  readonly set?: SetMetric["set"];
  readonly usual?: boolean;
}

/** A Fréchet distance of some features. */
export function frechet(
  { title, set = "samples", usual = true, ...of }: FrechetRow,
): SetMetric {
  return {
    of: "sets",
    title,
    unit: "",
    digits: 2,
    better: "lower",
    set,
    usual,
    needs: { ...of, reference: "moments" },
    async score(subject) {
      const [a, b] = await bothMoments(subject, of.features);
      return frechetDistanceOfMoments(a, b);
    },
    async interval({ samples, reference, seed, signal }) {
      return await frechetInterval({
        samples: await samples.features(of.features),
        reference: await reference.moments(of.features),
        seed,
        ...signal && { signal },
      });
    },
  };
}

/** Fewest samples whose subsets lie on a line. */
const LEAST = 20;

/** The same at infinitely many samples. */
export function frechetAtInfinity(
  { title, set = "samples", usual = false, ...of }: FrechetRow,
): SetMetric {
  return {
    of: "sets",
    title,
    unit: "",
    digits: 2,
    better: "lower",
    set,
    usual,
    needs: { ...of, reference: "moments" },
    async score({ samples, reference, seed, signal }) {
      if (samples.count < LEAST) return null;
      return await frechetLimit({
        samples: await samples.features(of.features),
        reference: await reference.moments(of.features),
        seed,
        ...signal && { signal },
      });
    },
  };
}
