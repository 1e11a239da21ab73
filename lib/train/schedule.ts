/** A learning rate over time. */
export interface Schedule {
  /** Highest rate. */
  readonly peak: number;
  /** Rate at the end of the cosine. */
  readonly min: number;
  /** Steps of linear warm-up. */
  readonly warmup: number;
  /** Step at which the cosine starts; 0 for a constant rate. */
  readonly decayStart: number;
  /** Step at which the cosine ends. */
  readonly total: number;
}

/**
 * Learning rate of a step, counted from 0: linear warm-up, then constant, then
 * cosine, as in the release. The first step of a warm-up moves nothing.
 */
export function learningRate(step: number, schedule: Schedule): number {
  const { peak, min, warmup, decayStart, total } = schedule;
  if (step < warmup) return peak * step / warmup;
  if (decayStart <= 0 || step < decayStart || decayStart >= total) return peak;
  const progress = (step - decayStart) / (total - decayStart);
  // Counted down from the peak, no rounding lifts the first step above it.
  return peak - (peak - min) * 0.5 * (1 - Math.cos(Math.PI * progress));
}

/** An exponential moving average of weights. */
export interface Average {
  readonly decay: number;
  /** Whether the decay starts low, so that a short run does not average its start. */
  readonly ramp: boolean;
}

/** Decay of an average at a step: `decay`, or while it warms up (1 + step) / (10 + step). */
export function averageDecay(step: number, { decay, ramp }: Average): number {
  return ramp ? Math.min(decay, (1 + step) / (10 + step)) : decay;
}
