import { CONVOLUTION_HEAD } from "../posterior_head.ts";
import { defineBackbone } from "./backbone.ts";
import {
  CONVOLUTIONAL_SIZES,
  convolutionalDecoderSpecs,
  convolutionalEncoderSpecs,
  convolutionalRules,
  decodeByConvolutions,
  encodeByConvolutions,
} from "./convolutional.ts";

/**
 * MAR's KL-16 VAE (Li et al. 2024), which Table 3 sets in the place of the
 * S-VAE: latent diffusion's autoencoder (Rombach et al. 2022). Only its encoder
 * attends beside the middle.
 */
export const KL16 = defineBackbone({
  title: "KL-16 of MAR",
  sizes: CONVOLUTIONAL_SIZES,
  posterior: "gaussian",
  head: CONVOLUTION_HEAD,
  rules: convolutionalRules,
  widths: ({ latent_dim: d }) => ({ encoder: 2 * d, decoder: d }),
  encoderSpecs: (config) =>
    convolutionalEncoderSpecs(config, {
      features: 2 * config.latent_dim,
      attends: true,
    }),
  decoderSpecs: (config) =>
    convolutionalDecoderSpecs(config, {
      features: config.latent_dim,
      attends: false,
    }),
  tables: () => ({}),
  encode: (p, images, config) =>
    encodeByConvolutions(p, images, { ...config, attends: true }),
  decode: (p, features, config) =>
    decodeByConvolutions(p, features, { ...config, attends: false }),
});
