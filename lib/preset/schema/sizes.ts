import { z } from "zod";

// Sizes may come from files: they are bounded, so that a hostile one cannot ask
// for much.

/** A width, or a count of which there is one at least. */
export function size(): z.ZodInt {
  return z.int().min(1).max(65_536);
}

/** A count of layers, which may be none. */
export function depth(): z.ZodInt {
  return z.int().min(0).max(1_000);
}

/** Channels of several layers. */
export function channels(least: number): z.ZodReadonly<z.ZodArray<z.ZodInt>> {
  return z.array(size()).min(least).max(16).readonly();
}

/** Sizes of an S-VAE; the names are the release's. */
export const VAE_SIZES = z.strictObject({
  image_size: size().describe("height and width of the image in pixels"),
  patch_size: size().describe(
    "pixels per token along each axis: 2 to the number of down blocks",
  ),
  latent_dim: size().describe("numbers in one latent token, d"),
  z_channels: size().describe(
    "width of the transformers; the last of cnn_chs follows it",
  ),
  cnn_chs: channels(2).describe(
    "channels from the first convolution through the down blocks",
  ),
  encoder_vit_layers: depth().describe("transformer blocks of the encoder"),
  decoder_vit_layers: depth().describe("transformer blocks of the decoder"),
});

/** Sizes of an AR model and its head; the names are the release's. */
export const AR_SIZES = z.strictObject({
  dim: size().describe("width of the transformer"),
  n_layer: depth().describe("transformer blocks"),
  n_head: size().describe("attention heads"),
  diff_layers: depth().describe("blocks of the diffusion head"),
  diff_dim: size().describe("width of the diffusion head"),
  diff_adanln_layers: size().describe(
    "groups of consecutive head blocks that share one adaLN linear",
  ),
  cls_token_num: size().describe("class tokens in front of the sequence"),
});

/** Sizes of an S-VAE. */
export type VaeSizes = Readonly<z.infer<typeof VAE_SIZES>>;

/** Sizes of an AR model. */
export type ArSizes = Readonly<z.infer<typeof AR_SIZES>>;
