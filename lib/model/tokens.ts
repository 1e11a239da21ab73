import { permute, reshape, type Tensor } from "../tensor/mod.ts";

/** Images [B, C, H, W] as tokens [B, H W, C]. */
export function toTokens(x: Tensor): Tensor {
  const [batch, channels] = x.shape as [number, number];
  return reshape(permute(x, [0, 2, 3, 1]), [batch, -1, channels]);
}

/** Tokens [B, N, C] as square images [B, C, h, h]. */
export function toImages(x: Tensor): Tensor {
  const [batch, tokens, channels] = x.shape as [number, number, number];
  const side = Math.sqrt(tokens);
  return permute(reshape(x, [batch, side, side, channels]), [0, 3, 1, 2]);
}
