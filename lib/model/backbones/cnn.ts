import { LINEAR_HEAD } from "../posterior_head.ts";
import { type SizeTable, width } from "../sizes.ts";
import { defineBackbone } from "./backbone.ts";
import {
  CONVOLUTIONAL_SIZES,
  convolutionalDecoderSpecs,
  convolutionalEncoderSpecs,
  convolutionalRules,
  decodeByConvolutions,
  encodeByConvolutions,
} from "./convolutional.ts";

const SIZES = {
  ...CONVOLUTIONAL_SIZES,
  z_channels: width("features of a token"),
} as const satisfies SizeTable;

/**
 * VQGAN's backbone (Esser et al. 2021), the CNN of Table 4: both halves attend at
 * the size of the tokens.
 */
export const CNN = defineBackbone({
  title: "convolutions of VQGAN",
  sizes: SIZES,
  posterior: "power-spherical",
  head: LINEAR_HEAD,
  rules: convolutionalRules,
  widths: ({ z_channels }) => ({ encoder: z_channels, decoder: z_channels }),
  encoderSpecs: (config) =>
    convolutionalEncoderSpecs(config, {
      features: config.z_channels,
      attends: true,
    }),
  decoderSpecs: (config) =>
    convolutionalDecoderSpecs(config, {
      features: config.z_channels,
      attends: true,
    }),
  tables: () => ({}),
  encode: (p, images, config) =>
    encodeByConvolutions(p, images, { ...config, attends: true }),
  decode: (p, features, config) =>
    decodeByConvolutions(p, features, { ...config, attends: true }),
});
