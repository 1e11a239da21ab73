import { input, type Node, type Tensor } from "../tensor/mod.ts";
import { projectToSphere } from "../sphere/mod.ts";
import type { PosteriorDraws, PosteriorParts } from "./posteriors/posterior.ts";
import { type PosteriorName, posteriorOf } from "./posteriors/table.ts";
import { expectSizes } from "./sizes.ts";

/**
 * Who sees latents projected onto the sphere of radius sqrt(d) though their
 * posterior lies off it (Table 2): nobody, the decoder, or the AR model too.
 */
export const NORMALIZATIONS = {
  none: { decoder: false, ar: false },
  decoder: { decoder: true, ar: false },
  all: { decoder: true, ar: true },
} as const;

/** One of {@linkcode NORMALIZATIONS}. */
export type Normalization = keyof typeof NORMALIZATIONS;

/**
 * What latents are like, as the AR model has them. Every artifact that has
 * latents says it, and whoever reads latents goes by it.
 */
export interface LatentLaw {
  readonly posterior: PosteriorName;
  readonly normalize: Normalization;
  /**
   * What the VAE's latents are multiplied by, which gives them a deviation of
   * about 1: measured when they are cached, unless the VAE's sizes say it. Absent
   * where they are as the VAE has them.
   */
  readonly latent_scale?: number | undefined;
}

/** The law of the paper's own latents. */
export const PAPER_LAW = {
  posterior: "power-spherical",
  normalize: "none",
} as const satisfies LatentLaw;

/** The law among other things. */
export function lawOf(
  { posterior, normalize, latent_scale }: LatentLaw,
): LatentLaw {
  return {
    posterior,
    normalize,
    ...latent_scale !== undefined && { latent_scale },
  };
}

/**
 * How latents differ from those of a VAE, in words; nothing where they do not.
 * A VAE whose sizes do not say a scale takes any.
 */
export function differingLaw(
  latents: LatentLaw,
  vae: LatentLaw,
): string | undefined {
  const known = lawOf(vae);
  const differing = (Object.keys(known) as (keyof LatentLaw)[])
    .find((key) => latents[key] !== undefined && latents[key] !== known[key]);
  return differing &&
    `${differing} is ${latents[differing]}, the VAE's is ${known[differing]}`;
}

/** Whether all that the AR model reads and makes has length sqrt(d). */
export function isOnSphere(law: LatentLaw): boolean {
  return posteriorOf(law).onSphere || NORMALIZATIONS[law.normalize].ar;
}

/**
 * Checks that a law is one.
 *
 * @throws {RangeError} naming what does not fit, what was found and what was expected
 */
export function checkLaw(law: LatentLaw): void {
  const { title, onSphere } = posteriorOf(law);
  const { normalize, latent_scale } = law;
  expectSizes(law, [
    [
      "normalize",
      !onSphere || normalize === "none",
      `none: ${title} latents are on the sphere already`,
    ],
    [
      "latent_scale",
      !isOnSphere(law) || latent_scale === undefined,
      "none: latents on a sphere keep their length",
    ],
  ]);
}

/** N_R of latents [.., d], R = sqrt(d): onto the sphere of the paper (Section 3.1). */
export function toSphere(z: Tensor): Tensor {
  return projectToSphere(z, { radius: Math.sqrt(z.shape.at(-1)!) });
}

/** Leaves that hold posteriors of a law, of `mu`'s shape [B, N, d]. */
export function posteriorInputs(
  law: LatentLaw,
  shape: readonly [number, number, number],
): Readonly<Record<string, Node<"input">>> & { readonly mu: Node<"input"> } {
  const leaves = Object.entries(posteriorOf(law).parts).map(
    ([name, { width }]) => {
      const size = width === "vector" ? shape : shape.slice(0, 2);
      return [name, input(name, size)] as const;
    },
  );
  const { mu, ...others } = Object.fromEntries(leaves);
  return { mu: mu!, ...others };
}

/**
 * A draw of each posterior, as the AR model reads it. No gradients flow through
 * it.
 *
 * @param parts of latents that are scaled already, where the law scales them
 * @returns [B, N, d]
 */
export function drawLatents(
  parts: PosteriorParts,
  law: LatentLaw,
  draws: Omit<PosteriorDraws, "differentiable">,
): Tensor {
  const z = posteriorOf(law).draw(parts, { ...draws, differentiable: false });
  return NORMALIZATIONS[law.normalize].ar ? toSphere(z) : z;
}
