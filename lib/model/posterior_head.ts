import type { Tensor } from "../tensor/mod.ts";
import {
  affine,
  affineConvolution,
  biasInit,
  fanInInit,
  filtersSpec,
  linear,
  linearSpecs,
  type Parameters,
  type ParameterSpecs,
  prefixed,
} from "../nn/mod.ts";
import { toImages, toTokens } from "./tokens.ts";

/** What stands between a backbone's features and the numbers of a posterior. */
export interface PosteriorHead {
  /** Parameters from features of a token to the raw numbers of its posterior. */
  rawSpecs(width: number, raw: number): ParameterSpecs;
  /** Parameters from a latent token to features. */
  featureSpecs(d: number, width: number): ParameterSpecs;
  /** Raw numbers of posteriors [B, N, raw] from features [B, N, W]. */
  raw(p: Parameters, features: Tensor): Tensor;
  /** Features [B, N, W] of latents [B, N, d]. */
  features(p: Parameters, z: Tensor): Tensor;
}

/** The release's: a linear layer with bias, and one without. */
export const LINEAR_HEAD: PosteriorHead = {
  rawSpecs: (width, raw) =>
    prefixed(
      "quant_proj",
      linearSpecs(width, raw, { weight: fanInInit, bias: biasInit(width) }),
    ),
  featureSpecs: (d, width) =>
    prefixed("post_quant_proj", linearSpecs(d, width, { weight: fanInInit })),
  raw: (p, features) => affine(p.at("quant_proj"), features),
  features: (p, z) => linear(p.at("post_quant_proj"), z),
};

/** Latent diffusion's: convolutions over single tokens. */
export const CONVOLUTION_HEAD: PosteriorHead = {
  rawSpecs: (width, raw) => prefixed("quant_conv", pointwiseSpecs(width, raw)),
  featureSpecs: (d, width) =>
    prefixed("post_quant_conv", pointwiseSpecs(d, width)),
  raw: (p, features) => pointwise(p.at("quant_conv"), features),
  features: (p, z) => pointwise(p.at("post_quant_conv"), z),
};

function pointwiseSpecs(inputs: number, outputs: number): ParameterSpecs {
  return {
    weight: filtersSpec(outputs, inputs, 1),
    bias: { shape: [outputs], start: biasInit(inputs) },
  };
}

/** A convolution over single tokens [B, N, W]. */
function pointwise(p: Parameters, tokens: Tensor): Tensor {
  return toTokens(affineConvolution(p, toImages(tokens), {}));
}
