import {
  add,
  mean,
  mul,
  relu,
  square,
  stopGradient,
  sub,
  type Tensor,
} from "../../tensor/mod.ts";
import {
  constantInit,
  type Parameters,
  type ParameterSpecs,
} from "../../nn/mod.ts";
import type { RealAndFake } from "./losses.ts";
import type { Regulariser } from "./regulariser.ts";

/** Share that a moving average keeps in a step, as in the authors' code. */
const DECAY = 0.99;

/** Moving averages of the logits of images and of what was made. */
export const LECAM_BUFFERS: ParameterSpecs = {
  real: { shape: [], start: constantInit(0) },
  fake: { shape: [], start: constantInit(0) },
};

/**
 * LeCAM's regulariser of a discriminator (Tseng et al. 2021): logits of images
 * shall not rise above where those of fakes were, nor the reverse.
 *
 * Departures, as in the authors' code: only a distance in the direction in which
 * the discriminator pulls counts. Not as there: the averages are those before
 * the step, so that a batch may be cut in parts.
 *
 * @param averages {@linkcode LECAM_BUFFERS}
 */
export function lecam(
  { real, fake }: RealAndFake,
  averages: Parameters,
): Tensor {
  return add(
    mean(square(relu(sub(real, averages.get("fake"))))),
    mean(square(relu(sub(averages.get("real"), fake)))),
  );
}

/** Values of {@linkcode LECAM_BUFFERS} after a step's logits. */
export function lecamAverages(
  { real, fake }: RealAndFake,
  averages: Parameters,
): Record<keyof RealAndFake, Tensor> {
  return {
    real: moved(averages.get("real"), real),
    fake: moved(averages.get("fake"), fake),
  };
}

/** A moving average after the logits of one step. */
function moved(average: Tensor, logits: Tensor): Tensor {
  const found = mean(stopGradient(logits));
  return add(mul(average, DECAY), mul(found, 1 - DECAY));
}

/** LeCAM's row of {@linkcode REGULARISERS}. */
export const LECAM: Regulariser = {
  help: "weight of LeCAM's regularisation",
  scale: 1,
  buffers: LECAM_BUFFERS,
  of: (judgement) => lecam(judgement, judgement.kept),
  next: (judgement) => lecamAverages(judgement, judgement.kept),
};
