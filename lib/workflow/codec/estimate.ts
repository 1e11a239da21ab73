import { type ArtifactFacts, plannedArtifact } from "../../artifact/mod.ts";
import { lawOf, vaeGrid } from "../../model/mod.ts";
import type { Estimate } from "../../pipeline/mod.ts";
import type { ArTraining, InSteps, LatentViews } from "../../preset/mod.ts";
import type { ProgramRuns } from "../../tensor/mod.ts";
import { countedVae } from "../models/mod.ts";
import { type LatentSet, readLatentLaw, stringsOf } from "../sets/mod.ts";
import { countDecoding, countEncoding } from "./count.ts";
import { cachedViews } from "./cached_views.ts";
import { viewsAtOnce } from "./encoded_latents.ts";
import { latentSpecs } from "./latent_pieces.ts";

/** What is estimated, before or after the files are there. */
interface Given {
  readonly inputs: {
    readonly svae: ArtifactFacts;
    readonly images: ArtifactFacts;
  };
  /** Images in one engine call. */
  readonly batch: number;
}

/** What `cache` would do and leave. */
export async function estimateCache(
  { inputs, batch }: Given,
  latents: LatentViews,
): Promise<Estimate> {
  const vae = countedVae(inputs.svae);
  const { images = 0 } = inputs.images.sizes;
  const { image_size: size } = vae.config;
  // How many there are depends on no seed.
  const views = cachedViews(latents, { size, seed: 0 });
  const amount = { images: images * views.count, batch };
  return {
    amount: `${images.toLocaleString("en-US")} images in ${views.count} views`,
    work: await countEncoding(vae, amount),
    outputs: {
      latents: plannedArtifact("latents", {
        kind: "latents",
        tensors: {
          ...latentSpecs(vae.config, {
            rows: [images, views.count],
            dtype: latents.dtype,
          }),
          labels: { dtype: "i32", shape: [images] },
        },
        config: {
          classes: stringsOf(inputs.images, "classes"),
          flips: inputs.images.config["flips"],
          mirrored: views.mirrored,
          centred: views.centred,
          augmented: views.augmented,
          svae: vae.config,
          ...lawOf(vae.config),
        },
      }),
    },
  };
}

/** What `reconstruct` would do and leave. */
export async function estimateReconstructions(
  { inputs, batch }: Given,
): Promise<Estimate> {
  const vae = countedVae(inputs.svae);
  const { config } = vae;
  const { images = 0 } = inputs.images.sizes;
  const { image_size: size, latent_dim } = config;
  const amount = { images, batch };
  return {
    amount: `${images.toLocaleString("en-US")} images`,
    work: [
      ...await countEncoding(vae, amount),
      ...await countDecoding(vae, amount),
    ],
    outputs: {
      reconstructions: plannedArtifact("reconstructions", {
        kind: "samples",
        tensors: {
          images: { dtype: "u8", shape: [images, size, size, 3] },
          labels: { dtype: "i32", shape: [images] },
          tokens: {
            dtype: "f32",
            shape: [images, vaeGrid(config) ** 2, latent_dim],
          },
        },
        config: {
          classes: stringsOf(inputs.images, "classes"),
          size,
          ...lawOf(config),
        },
      }),
    },
  };
}

/** What is known of the latents of an AR training before it starts. */
export interface ArFacts extends Omit<LatentSet, "labels"> {
  /** What making them costs as training goes on. */
  work(numbers: InSteps<ArTraining>): Promise<readonly ProgramRuns[]>;
}

/** The same of latents, or of images and what encodes them. */
export function arFacts({ latents, images, svae }: {
  readonly latents?: ArtifactFacts | undefined;
  readonly images?: ArtifactFacts | undefined;
  readonly svae?: ArtifactFacts | undefined;
}): ArFacts | undefined {
  if (latents !== undefined) {
    const { images = 0, tokens = 0, latent: d = 0 } = latents.sizes;
    const classes = stringsOf(latents, "classes");
    const law = readLatentLaw(latents);
    const work = () => Promise.resolve([]);
    return { images, tokens, d, law, classes, work };
  }
  if (images === undefined || svae === undefined) return undefined;
  const vae = countedVae(svae);
  return {
    images: images.sizes["images"] ?? 0,
    tokens: vaeGrid(vae.config) ** 2,
    d: vae.config.latent_dim,
    law: lawOf(vae.config),
    classes: stringsOf(images, "classes"),
    async work({ steps, batch, parts }) {
      const once = viewsAtOnce({ batch, parts });
      const ofStep = once * Math.ceil(batch / once);
      return await countEncoding(vae, { images: steps * ofStep, batch: once });
    },
  };
}
