/**
 * Streams of the random numbers that training programs draw, one a purpose, so
 * that a new purpose never moves the numbers of another.
 */
export const STREAMS = {
  /** Posterior draws; sphere samplers use this one and the next 15. */
  posterior: 16,
  /** Dropout of a perceptual distance; its feature maps use this one and the next 15. */
  perceptualDropout: 32,
  classDropout: 1,
  flowTime: 2,
  flowNoise: 3,
} as const;
