import { permute, reshape, rmsNorm, type Tensor } from "../../tensor/mod.ts";
import {
  affine,
  constantInit,
  fanInInit,
  gainSpec,
  linear,
  linearSpecs,
  NORM_EPSILON,
  prefixed,
} from "../../nn/mod.ts";
import { LINEAR_HEAD } from "../posterior_head.ts";
import { depth, type SizeTable, width } from "../sizes.ts";
import { defineBackbone } from "./backbone.ts";
import { headsOf, runStack, stackSpecs } from "./registers.ts";

const SIZES = {
  z_channels: width("width of the transformers"),
  encoder_vit_layers: depth("blocks of the encoder's transformer"),
  decoder_vit_layers: depth("blocks of the decoder's transformer"),
} as const satisfies SizeTable;

/**
 * The ViT of Table 4 (Yu et al. 2021): patches are read and written by one linear
 * layer each, the rest is transformers, whose blocks and registers are those of
 * the hybrid.
 */
export const VIT = defineBackbone({
  title: "vision transformer",
  sizes: SIZES,
  posterior: "power-spherical",
  head: LINEAR_HEAD,
  rules({ z_channels }) {
    const quarter = 4 * headsOf(z_channels);
    return [[
      "z_channels",
      z_channels % quarter === 0,
      `a multiple of ${quarter}, 4 x its heads`,
    ]];
  },
  widths: ({ z_channels }) => ({ encoder: z_channels, decoder: z_channels }),
  encoderSpecs: ({ patch_size, z_channels, encoder_vit_layers }) => ({
    ...prefixed(
      "patchify",
      linearSpecs(3 * patch_size ** 2, z_channels, { weight: fanInInit }),
    ),
    ...stackSpecs(z_channels, encoder_vit_layers),
    "norm.weight": gainSpec(z_channels),
  }),
  decoderSpecs: ({ patch_size, z_channels, decoder_vit_layers }) => ({
    ...stackSpecs(z_channels, decoder_vit_layers),
    "norm.weight": gainSpec(z_channels),
    ...prefixed(
      "unpatchify",
      linearSpecs(z_channels, 3 * patch_size ** 2, {
        weight: fanInInit,
        bias: constantInit(0),
      }),
    ),
  }),
  tables: () => ({}),
  encode(p, images, { patch_size, encoder_vit_layers }) {
    const x = linear(p.at("patchify"), patchesOf(images, patch_size));
    const h = runStack(p, x, encoder_vit_layers);
    return rmsNorm(h, p.get("norm.weight"), NORM_EPSILON);
  },
  decode(p, features, { patch_size, decoder_vit_layers }) {
    const h = runStack(p, features, decoder_vit_layers);
    const normed = rmsNorm(h, p.get("norm.weight"), NORM_EPSILON);
    return imagesOf(affine(p.at("unpatchify"), normed), patch_size);
  },
});

/** Images [B, 3, H, W] as patches of all their numbers [B, N, 3 P P]. */
function patchesOf(images: Tensor, patch: number): Tensor {
  const [batch, channels, size] = images.shape as [number, number, number];
  const grid = size / patch;
  const cut = reshape(images, [batch, channels, grid, patch, grid, patch]);
  const ordered = permute(cut, [0, 2, 4, 1, 3, 5]);
  return reshape(ordered, [batch, grid * grid, channels * patch * patch]);
}

/** Patches [B, N, 3 P P] as images [B, 3, H, W]. */
function imagesOf(patches: Tensor, patch: number): Tensor {
  const [batch, tokens] = patches.shape as [number, number];
  const grid = Math.sqrt(tokens);
  const cut = reshape(patches, [batch, grid, grid, 3, patch, patch]);
  const ordered = permute(cut, [0, 3, 1, 4, 2, 5]);
  return reshape(ordered, [batch, 3, grid * patch, grid * patch]);
}
