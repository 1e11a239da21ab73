import { type ArtifactReader, UserError } from "../../artifact/mod.ts";
import { positionStatistics, tokenSet } from "../../metric/mod.ts";
import { differingLaw, lawOf } from "../../model/mod.ts";
import type { StageContext } from "../../pipeline/mod.ts";
import type { Sampling } from "../../preset/mod.ts";
import { drawEach } from "../codec/mod.ts";
import { readAr } from "../models/mod.ts";
import { type LatentSource, openLatents } from "../sets/mod.ts";
import { decodingFigures, refeedingFigures } from "./decoding_figures.ts";
import { figure, type Figures } from "./figures.ts";
import { posteriorFigures } from "./posterior_figures.ts";

/** What is diagnosed, and how. */
export interface Diagnosis
  extends Pick<StageContext, "seed" | "signal" | "engine" | "log"> {
  readonly latents: ArtifactReader;
  readonly ar: ArtifactReader;
  readonly sampling: Sampling;
  readonly scales: readonly number[];
  /** Images whose posteriors are measured, spread over the set; all unless given. */
  readonly images?: number | undefined;
  /** Images that are decoded for each scale. */
  readonly count: number;
  /** Images in one engine call on cached posteriors. */
  readonly batch: number;
}

/** Diagnostics as an artifact holds them. */
export interface Diagnostics {
  readonly tensors: Figures;
  readonly config: Readonly<Record<string, unknown>>;
}

/**
 * Measures what the paper argues with: posteriors, and length, variance and
 * errors of tokens along AR decoding.
 *
 * @throws {UserError} where the AR model reads other latents than these
 */
export async function diagnose(
  {
    latents: file,
    ar: model,
    sampling,
    scales,
    images,
    count,
    batch,
    ...context
  }: Diagnosis,
): Promise<Diagnostics> {
  const latents = await openLatents(file);
  const ar = await readAr(model);
  const differing = differingLaw(latents.law, lawOf(ar.config)) ??
    differingSizes(latents, ar.config);
  if (differing !== undefined) {
    throw new UserError(
      `Cannot diagnose "${model.name}" with "${file.name}": of the latents ` +
        differing.replace("the VAE's", "the AR model's"),
    );
  }
  const engine = await context.engine();
  const { seed, signal, log } = context;
  const posterior = await latents.read(
    spread(latents.images, images).map((image) => ({ image, view: 0 })),
  );
  const tools = { engine, batch, seed, signal };
  log.info(`posteriors of ${posterior.mu.shape[0]} images`);
  const posteriors = await posteriorFigures(posterior, latents.law, tools);
  const drawn = tokenSet(await drawEach(posterior, latents.law, tools));
  const { norm, normDeviation, variance } = positionStatistics(drawn);
  const classes = Int32Array.from(
    { length: count },
    (_, i) => i % ar.config.num_classes,
  );
  const decoding = { engine, sampling, scales, classes, seed, signal };
  log.info(`tokens of ${count} images at CFG ${scales.join(", ")}`);
  return {
    tensors: {
      ...posteriors,
      "encoded/norm": figure(norm),
      "encoded/norm_deviation": figure(normDeviation),
      "encoded/variance": figure(variance),
      ...await decodingFigures(ar, decoding),
      ...await refeedingFigures(ar, decoding),
    },
    config: { ...latents.law, scales, cfg: sampling.cfg, count },
  };
}

function differingSizes(
  { tokens, d }: LatentSource,
  { grid, latent_dim }: { grid: number; latent_dim: number },
): string | undefined {
  if (tokens === grid ** 2 && d === latent_dim) return undefined;
  return `${tokens} tokens of ${d} numbers, the AR model's are ${
    grid ** 2
  } of ` +
    latent_dim;
}

/** At most `most` of `count` rows, spread over them. */
function spread(count: number, most = count): readonly number[] {
  const length = Math.min(count, most);
  return Array.from({ length }, (_, i) => Math.floor(i * count / length));
}
