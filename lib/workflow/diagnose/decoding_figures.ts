import {
  positionStatistics,
  refeedingError,
  type TokenSet,
  tokenSet,
} from "../../metric/mod.ts";
import { isOnSphere } from "../../model/mod.ts";
import type { StageContext } from "../../pipeline/mod.ts";
import type { Sampling } from "../../preset/mod.ts";
import { type ArModel, Sampler, type StepSchedule } from "../../sample/mod.ts";
import type { Engine } from "../../tensor/mod.ts";
import { figure, type Figures } from "./figures.ts";

/** How much finer the steps are that count as exact. */
const FINER = 4;

/** How tokens are decoded for the figures. */
export interface Decoding extends Pick<StageContext, "seed" | "signal"> {
  readonly engine: Engine;
  readonly sampling: Sampling;
  /** Scales of guidance to compare. */
  readonly scales: readonly number[];
  /** Class of each image: as many images as there are. */
  readonly classes: Int32Array;
}

/** How a token goes back into the model. */
interface Chain {
  readonly cfg: number;
  readonly steps: StepSchedule;
  /** Whether it is projected first, as models on the sphere do. */
  readonly projects: boolean;
}

/**
 * Length and variance of decoded tokens by position, for each scale of
 * guidance: variance collapse where they fall or drift (Sections 1 and 3.1). A
 * model on the sphere is decoded without its projection too, which shows what
 * the projection takes away.
 */
export async function decodingFigures(
  ar: ArModel,
  decoding: Decoding,
): Promise<Figures> {
  const figures: Record<string, ReturnType<typeof figure>> = {};
  const { steps } = decoding.sampling;
  for (const cfg of decoding.scales) {
    for (const { projects, title } of chainsOf(ar, "decoded")) {
      const tokens = await decode(ar, { cfg, steps, projects }, decoding);
      const { norm, normDeviation, variance } = positionStatistics(tokens);
      const name = `${title}/${cfg}`;
      figures[`${name}/norm`] = figure(norm);
      figures[`${name}/norm_deviation`] = figure(normDeviation);
      figures[`${name}/variance`] = figure(variance);
    }
  }
  return figures;
}

/**
 * Errors of tokens that are fed back, along and across the exact ones (Appendix
 * A): those of the preset's solver steps, beside steps four times as fine from
 * the same draws.
 */
export async function refeedingFigures(
  ar: ArModel,
  decoding: Decoding,
): Promise<Figures> {
  const { cfg, steps } = decoding.sampling;
  const finer = typeof steps === "number"
    ? steps * FINER
    : steps.split(":").map((end) => Number(end) * FINER)
      .join(":") as StepSchedule;
  const projects = isOnSphere(ar.config);
  const exact = await decode(ar, { cfg, steps: finer, projects }, decoding);
  const figures: Record<string, ReturnType<typeof figure>> = {};
  for (const { projects, title: name } of chainsOf(ar, "refed")) {
    const found = await decode(ar, { cfg, steps, projects }, decoding);
    const { radial, tangential } = refeedingError({ found, reference: exact });
    figures[`${name}/radial`] = figure(radial);
    figures[`${name}/tangential`] = figure(tangential);
  }
  return figures;
}

/** As the model decodes, and on the sphere without its projection too. */
function chainsOf(
  { config }: ArModel,
  title: string,
): readonly { readonly projects: boolean; readonly title: string }[] {
  const projects = isOnSphere(config);
  const own = { projects, title };
  return projects
    ? [own, { projects: false, title: `${title}_unprojected` }]
    : [own];
}

/** Decodes tokens by Euler's method: every chain makes the same draws. */
async function decode(
  ar: ArModel,
  { cfg, steps, projects }: Chain,
  { engine, sampling, classes, seed, signal }: Decoding,
): Promise<TokenSet> {
  const sampler = await Sampler.create(engine, ar, {
    images: classes.length,
    solver: "euler",
    steps,
    projects,
    guidance: { cfg, schedule: sampling.cfgSchedule },
  });
  try {
    const indices = Uint32Array.from(classes, (_, i) => i);
    const request = { classes, indices, seed: BigInt(seed), signal };
    return tokenSet(await sampler.sample(request));
  } finally {
    sampler.dispose();
  }
}
