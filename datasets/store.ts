/**
 * How `prepare` keeps pictures: decoded and cropped, as their files are, as
 * files scaled once to what crops need, or where they lie.
 */
export const STORES = ["pixels", "original", "resized", "index"] as const;

/** One of them. */
export type Store = typeof STORES[number];
