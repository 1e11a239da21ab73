import {
  adamW,
  type AdamWOptions,
  type UpdateRule,
} from "../../../lib/train/mod.ts";

/** AdamW at a constant rate, clipped, with an average, unless changed. */
export function rule(
  { rate = 1e-3, adamw = {}, ...changes }:
    & Partial<UpdateRule>
    & { rate?: number; adamw?: Partial<AdamWOptions> } = {},
): UpdateRule {
  return {
    optimizer: adamW({ beta1: 0.9, beta2: 0.95, weightDecay: 0.01, ...adamw }),
    schedule: { peak: rate, min: 0, warmup: 0, decayStart: 0, total: 1 },
    clip: 1,
    average: { decay: 0.9, ramp: false },
    ...changes,
  };
}
