import {
  arTrainingStep,
  trainingProgram,
  updateRule,
} from "../../lib/train/mod.ts";
import type { Program } from "../../lib/tensor/mod.ts";
import type { ModelSize } from "./sizes.ts";

/** The paper's AdamW (Section 4.1), at a constant rate. */
const NUMBERS = {
  steps: 1,
  learningRate: 1e-4,
  finalRate: 1,
  warmup: 0,
  beta1: 0.9,
  beta2: 0.95,
  weightDecay: 0.05,
  clip: 1,
  ema: 0.9999,
  emaRamp: false,
};

/** The AR training step of a size. */
export function trainingOf({ ar, training }: ModelSize): Program {
  return trainingProgram(arTrainingStep({
    config: ar,
    ...training,
    classDropout: 0.1,
    update: updateRule(NUMBERS),
  }));
}
