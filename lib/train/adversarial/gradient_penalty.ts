import { grad, mean, square, sum, type Tensor } from "../../tensor/mod.ts";
import type { Regulariser } from "./regulariser.ts";

/**
 * R1, the gradient penalty on images (Mescheder et al. 2018, without its
 * factor gamma / 2): the mean over the batch of the squared length of the
 * gradient of an image's logit by the image.
 *
 * A discriminator with a logit for each patch counts with their mean, so that
 * the penalty does not grow with the number of patches.
 *
 * @param logits of `images`, [B, ...]
 * @param images [B, 3, H, W]
 */
export function gradientPenalty(logits: Tensor, images: Tensor): Tensor {
  const patches = logits.shape.slice(1).map((_, i) => i + 1);
  const total = sum(mean(logits, { axes: patches }));
  const [gradient] = grad(total, [images]);
  return mean(sum(square(gradient!), { axes: [1, 2, 3] }));
}

/** R1's row of {@linkcode REGULARISERS}. */
export const R1: Regulariser = {
  help: "gamma of the R1 penalty",
  scale: 1 / 2,
  buffers: {},
  of: ({ real, images }) => gradientPenalty(real, images),
  next: () => ({}),
};
