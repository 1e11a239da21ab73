import {
  type ArtifactFacts,
  plannedArtifact,
  type TensorSpec,
} from "../../artifact/mod.ts";
import {
  lawOf,
  posteriorOf,
  type VaeConfig,
  vaeGrid,
} from "../../model/mod.ts";
import type { Estimate } from "../../pipeline/mod.ts";
import type { LatentViews } from "../../preset/mod.ts";
import { countedVae } from "../models/mod.ts";
import { storedDType, stringsOf } from "../sets/mod.ts";
import { countDecoding, countEncoding } from "./count.ts";
import { cachedViews } from "./cached_views.ts";

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
          ...partsOf(vae.config, {
            rows: [images, views.count],
            dtype: latents.dtype,
          }),
          labels: { dtype: "i32", shape: [images] },
        },
        config: {
          classes: stringsOf(inputs.images, "classes"),
          flips: inputs.images.config["flips"],
          mirrored: views.mirrored,
          svae: vae.config,
          ...lawOf(vae.config),
        },
      }),
    },
  };
}

/** Posteriors of images, by the names of their parts. */
function partsOf(
  config: VaeConfig,
  { rows, dtype = "f32" }: {
    readonly rows: readonly number[];
    readonly dtype: LatentViews["dtype"];
  },
): Record<string, TensorSpec> {
  const tokens = vaeGrid(config) ** 2;
  const entries = Object.entries(posteriorOf(config).parts)
    .map(([name, part]) => {
      const width = part.width === "vector" ? [config.latent_dim] : [];
      const shape = [...rows, tokens, ...width];
      return [name, { dtype: storedDType(part, dtype), shape }] as const;
    });
  return Object.fromEntries(entries);
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
