import {
  ADAMW_EPSILON,
  arTrainingStep,
  trainingProgram,
} from "../../lib/train/mod.ts";
import type { Program } from "../../lib/tensor/mod.ts";
import type { ModelSize } from "./sizes.ts";

/** The AR training step of a size. */
export function trainingOf({ ar, training }: ModelSize): Program {
  return trainingProgram(arTrainingStep({
    config: ar,
    ...training,
    classDropout: 0.1,
    adamW: {
      beta1: 0.9,
      beta2: 0.95,
      epsilon: ADAMW_EPSILON,
      weightDecay: 0.05,
      clip: 1,
    },
  }));
}
