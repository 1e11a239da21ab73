import { FIXED_VARIANCE } from "./fixed_variance.ts";
import { GAUSSIAN } from "./gaussian.ts";
import type { Part, Posterior } from "./posterior.ts";
import { POWER_SPHERICAL } from "./power_spherical.ts";
import { VON_MISES_FISHER } from "./von_mises_fisher.ts";

/** Every family of posteriors; a new one is a file and a line here. */
export const POSTERIORS = {
  "power-spherical": POWER_SPHERICAL,
  "von-mises-fisher": VON_MISES_FISHER,
  "gaussian": GAUSSIAN,
  "fixed-variance": FIXED_VARIANCE,
} as const satisfies Readonly<Record<string, Posterior>>;

/** One of {@linkcode POSTERIORS}. */
export type PosteriorName = keyof typeof POSTERIORS;

/** Numbers of any family in the configuration of a VAE; which are needed is checked. */
export type PosteriorNumbers = {
  readonly [
    K in PosteriorName as keyof (typeof POSTERIORS)[K]["numbers"]
  ]?: number | undefined;
};

/** Parts that are learned beside the mean, by name: how a posterior is spread. */
export function spreadsOf(
  { parts, numbers }: Posterior,
): readonly (readonly [name: string, part: Part])[] {
  return Object.entries(parts)
    .filter(([name]) => name !== "mu" && !Object.hasOwn(numbers, name));
}

/** The family of a name. */
export function posteriorOf({ posterior }: {
  readonly posterior: PosteriorName;
}): Posterior {
  return POSTERIORS[posterior];
}
