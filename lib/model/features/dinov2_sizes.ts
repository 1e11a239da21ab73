import { type ParameterShapes, prefixed } from "../../nn/mod.ts";

/** Sizes of a DINOv2 transformer. */
export interface Dinov2Config {
  readonly name: "dinov2-vitl14";
  readonly dim: number;
  readonly layers: number;
  /** Hidden width of the feed-forward layers. */
  readonly hidden: number;
  readonly patch_size: number;
  /** Patches along an axis that it has positions for. */
  readonly grid: number;
}

/** Shapes of its parameters, whose names are those of its own checkpoints. */
export function dinov2Shapes(
  { dim, layers, hidden, patch_size: patch, grid }: Dinov2Config,
): ParameterShapes {
  const linear = (inputs: number, outputs: number) => ({
    weight: [outputs, inputs],
    bias: [outputs],
  });
  const norm = { weight: [dim], bias: [dim] };
  const block = {
    ...prefixed("norm1", norm),
    ...prefixed("attn.qkv", linear(dim, 3 * dim)),
    ...prefixed("attn.proj", linear(dim, dim)),
    ...prefixed("norm2", norm),
    ...prefixed("mlp.fc1", linear(dim, hidden)),
    ...prefixed("mlp.fc2", linear(hidden, dim)),
  };
  const blocks = Array.from(
    { length: layers },
    (_, i) => prefixed(`blocks.${i}`, block),
  );
  return Object.assign(
    {
      cls_token: [1, 1, dim],
      pos_embed: [1, 1 + grid ** 2, dim],
      ...prefixed("patch_embed.proj", {
        weight: [dim, 3, patch, patch],
        bias: [dim],
      }),
    },
    ...blocks,
    prefixed("norm", norm),
  );
}
