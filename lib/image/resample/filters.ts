/** A resampling kernel; it is zero beyond `support`. */
export interface Filter {
  readonly support: number;
  weight(x: number): number;
}

/** Parameter of the cubic convolution that Pillow calls BICUBIC. */
const CUBIC_A = -0.5;

/** Resampling kernels by Pillow's names. */
export const FILTERS = {
  box: {
    support: 0.5,
    weight: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0),
  },
  // Keys, "Cubic convolution interpolation", 1981, equation 4, with a = -1/2.
  bicubic: {
    support: 2,
    weight: (x) => {
      const r = Math.abs(x);
      if (r < 1) return ((CUBIC_A + 2) * r - (CUBIC_A + 3)) * r * r + 1;
      if (r < 2) return (((r - 5) * r + 8) * r - 4) * CUBIC_A;
      return 0;
    },
  },
} as const satisfies Readonly<Record<string, Filter>>;

/** Name of a resampling kernel. */
export type ResizeFilter = keyof typeof FILTERS;
