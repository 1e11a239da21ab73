import { mul, scoped, type Tensor } from "../tensor/mod.ts";
import {
  type Parameters,
  type ParameterShapes,
  type ParameterSpecs,
  prefixed,
  shapesOf,
} from "../nn/mod.ts";
import type { ComputedTable } from "./backbones/backbone.ts";
import { backboneOf } from "./backbones/table.ts";
import type { VaeConfig } from "./config.ts";
import { NORMALIZATIONS, toSphere } from "./law.ts";
import type { PosteriorParts } from "./posteriors/posterior.ts";
import { posteriorOf } from "./posteriors/table.ts";

/** What a backbone and the posterior on top of it have in each half. */
function partsOf(config: VaeConfig) {
  const backbone = backboneOf(config);
  const { head } = backbone;
  const d = config.latent_dim;
  const { encoder, decoder } = backbone.widths(config);
  return {
    encoder: prefixed("encoder", backbone.encoderSpecs(config)),
    decoder: prefixed("decoder", backbone.decoderSpecs(config)),
    raw: head.rawSpecs(encoder, posteriorOf(config).rawWidth(d)),
    features: head.featureSpecs(d, decoder),
  };
}

/** All parameters of a VAE; they start as in the release. */
export function vaeSpecs(config: VaeConfig): ParameterSpecs {
  const { encoder, decoder, raw, features } = partsOf(config);
  return { ...encoder, ...decoder, ...raw, ...features };
}

/** Their shapes alone. */
export function vaeShapes(config: VaeConfig): ParameterShapes {
  return shapesOf(vaeSpecs(config));
}

/** Shapes of the parameters that encoding reads, and of those that decoding reads. */
export function halfShapes(
  config: VaeConfig,
): { readonly encoder: ParameterShapes; readonly decoder: ParameterShapes } {
  const { encoder, decoder, raw, features } = partsOf(config);
  return {
    encoder: shapesOf({ ...encoder, ...raw }),
    decoder: shapesOf({ ...decoder, ...features }),
  };
}

/** Tables that checkpoints store beside the parameters, which models here compute. */
export function vaeTables(
  config: VaeConfig,
): Readonly<Record<string, ComputedTable>> {
  return backboneOf(config).tables(config);
}

/**
 * Posteriors of images (Section 3.1), not scaled.
 *
 * @param images [B, 3, H, W] in [-1, 1]
 */
export function encode(
  p: Parameters,
  images: Tensor,
  config: VaeConfig,
): PosteriorParts {
  return scoped("vae", () => {
    const backbone = backboneOf(config);
    const features = backbone.encode(p.at("encoder"), images, config);
    const raw = backbone.head.raw(p, features);
    return posteriorOf(config).fromRaw(raw, config);
  });
}

/**
 * Images of latents (Section 3.1), which are projected onto the sphere first
 * where the law says so (Table 2).
 *
 * @param z [B, N, d], not scaled
 * @returns [B, 3, H, W], about -1 to 1
 */
export function decode(p: Parameters, z: Tensor, config: VaeConfig): Tensor {
  return scoped("vae", () => {
    const backbone = backboneOf(config);
    const { decoder } = NORMALIZATIONS[config.normalize];
    const features = backbone.head.features(p, decoder ? toSphere(z) : z);
    return backbone.decode(p.at("decoder"), features, config);
  });
}

/** Posteriors of images as the AR model has them: scaled where sizes say by how much. */
export function encodeScaled(
  p: Parameters,
  images: Tensor,
  config: VaeConfig,
): PosteriorParts {
  const { mu, ...others } = encode(p, images, config);
  const { latent_scale: scale } = config;
  if (scale === undefined) return { mu, ...others };
  const scaled = Object.entries(others)
    .map(([name, part]) => [name, mul(part, scale)] as const);
  return { mu: mul(mu, scale), ...Object.fromEntries(scaled) };
}

/**
 * Images of latents as the AR model has them.
 *
 * @param z [B, N, d]
 * @param config.latent_scale what the latents were multiplied by
 */
export function decodeScaled(
  p: Parameters,
  z: Tensor,
  config: VaeConfig,
): Tensor {
  const { latent_scale: scale } = config;
  return decode(p, scale === undefined ? z : mul(z, 1 / scale), config);
}
