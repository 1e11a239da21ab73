/** What the numbers of large matrices may be held in. */
export const WEIGHTS_DTYPES = ["f32", "f16", "q8"] as const;

/** One of them. */
export type WeightsDType = typeof WEIGHTS_DTYPES[number];
