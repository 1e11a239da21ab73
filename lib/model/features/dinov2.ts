import {
  add,
  attention,
  broadcastTo,
  concat,
  constantArray,
  conv2d,
  div,
  layerNorm,
  matmul,
  permute,
  reshape,
  scoped,
  slice,
  sub,
  type Tensor,
} from "../../tensor/mod.ts";
import {
  affine,
  bicubicWeights,
  gelu,
  linearParts,
  type Parameters,
} from "../../nn/mod.ts";
import { DINOV2_FORMS } from "./dinov2_forms.ts";
import { type Dinov2Config, dinov2Shapes } from "./dinov2_sizes.ts";
import type { FeatureNetwork } from "./network.ts";

/** Height and width of the images that FD-DINOv2 is measured on, in pixels. */
const SIZE = 224;

/** Width of a head, whatever the transformer's. */
const HEAD_WIDTH = 64;

/** Epsilon of every layer norm. */
const NORM_EPSILON = 1e-6;

/** Added to the patches along an axis where positions are interpolated between. */
const GRID_OFFSET = 0.1;

/** Mean and deviation of ImageNet's images, from 0 to 1. */
const MEAN = [0.485, 0.456, 0.406] as const;
const DEVIATION = [0.229, 0.224, 0.225] as const;

/** Bytes as the transformer was trained on them. */
function normalized(images: Tensor): Tensor {
  const colours = (values: readonly number[]) =>
    constantArray([3, 1, 1], values);
  return div(sub(div(images, 255), colours(MEAN)), colours(DEVIATION));
}

/**
 * Positions of the class token and of patches, [1, 1 + patches^2, D]: bicubic
 * between those that it was trained with.
 */
function positions(
  p: Parameters,
  patches: number,
  { grid, dim }: Dinov2Config,
): Tensor {
  const all = p.get("pos_embed");
  if (patches === grid) return all;
  const weights = constantArray(
    [patches, grid],
    bicubicWeights({ from: grid, to: patches, offset: GRID_OFFSET }),
  );
  const trained = slice(all, 1, { start: 1 });
  const rows = matmul(weights, reshape(trained, [grid, grid * dim]));
  const both = matmul(weights, reshape(rows, [patches, grid, dim]));
  const placed = reshape(both, [1, patches ** 2, dim]);
  return concat([slice(all, 1, { stop: 1 }), placed], 1);
}

/** Tokens [B, 1 + patches^2, D] of images [B, 3, H, W]: class, then patches. */
function embed(p: Parameters, images: Tensor, config: Dinov2Config): Tensor {
  const { dim, patch_size: stride } = config;
  const batch = images.shape[0]!;
  const proj = p.at("patch_embed.proj");
  const maps = conv2d(images, proj.get("weight"), { stride });
  const patches = maps.shape[2]!;
  const rows = reshape(permute(maps, [0, 2, 3, 1]), [batch, -1, dim]);
  const token = broadcastTo(p.get("cls_token"), [batch, 1, dim]);
  const tokens = concat([token, add(rows, proj.get("bias"))], 1);
  return add(tokens, positions(p, patches, config));
}

function norm(p: Parameters, x: Tensor): Tensor {
  return layerNorm(x, {
    weight: p.get("weight"),
    bias: p.get("bias"),
    epsilon: NORM_EPSILON,
  });
}

/** A pre-norm block; what scales its layers is part of their last matrices. */
function block(p: Parameters, x: Tensor): Tensor {
  return scoped(p.path, () => {
    const h = add(x, selfAttention(p.at("attn"), norm(p.at("norm1"), x)));
    const inner = gelu(affine(p.at("mlp.fc1"), norm(p.at("norm2"), h)));
    return add(h, affine(p.at("mlp.fc2"), inner));
  });
}

function selfAttention(p: Parameters, x: Tensor): Tensor {
  const [batch, length, dim] = x.shape as readonly [number, number, number];
  const split = [batch, length, dim / HEAD_WIDTH, HEAD_WIDTH];
  const [q, k, v] = linearParts(p.at("qkv"), x, { count: 3, bias: true })
    .map((part) => permute(reshape(part, split), [0, 2, 1, 3])) as [
      Tensor,
      Tensor,
      Tensor,
    ];
  const mixed = attention([q, k, v], {
    causal: false,
    scale: HEAD_WIDTH ** -0.5,
  });
  return affine(p.at("proj"), reshape(permute(mixed, [0, 2, 1, 3]), x.shape));
}

function extract(
  p: Parameters,
  images: Tensor,
  config: Dinov2Config,
): Record<string, Tensor> {
  const { dim, layers } = config;
  let x = embed(p, normalized(images), config);
  for (let i = 0; i < layers; i++) x = block(p.at("blocks").at(i), x);
  const token = reshape(slice(x, 1, { stop: 1 }), [-1, dim]);
  return { cls: norm(p.at("norm"), token) };
}

/**
 * The network of FD-DINOv2 (Stein et al. 2023): the class token of DINOv2's
 * ViT-L/14 (Oquab et al. 2023), without registers.
 */
export const dinov2: FeatureNetwork<Dinov2Config> = {
  title: "DINOv2 ViT-L/14",
  resize: "bicubic",
  size: () => SIZE,
  check({ dim, patch_size }) {
    if (dim % HEAD_WIDTH !== 0) {
      throw new RangeError(
        `Cannot use DINOv2: dim is ${dim}, expected a multiple of ${HEAD_WIDTH}`,
      );
    }
    if (SIZE % patch_size !== 0) {
      throw new RangeError(
        `Cannot use DINOv2: patch_size is ${patch_size}, expected a divisor ` +
          `of ${SIZE}`,
      );
    }
  },
  shapes: dinov2Shapes,
  widths: ({ dim }) => ({ cls: dim }),
  extract: (p, images, config) =>
    scoped("dinov2", () => extract(p, images, config)),
  published: DINOV2_FORMS,
};
