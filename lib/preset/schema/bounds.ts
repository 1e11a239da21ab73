import { z } from "zod";

// Sizes may come from files: they are bounded, so that a hostile one cannot ask
// for much.

/** A width, or a count of which there is one at least. */
export function size(): z.ZodInt {
  return z.int().min(1).max(65_536);
}

/** Channels of several layers. */
export function channels(least: number): z.ZodReadonly<z.ZodArray<z.ZodInt>> {
  return z.array(size()).min(least).max(16).readonly();
}

/** A count of steps that may be none. */
export function steps(): z.ZodInt {
  return z.int().min(0).max(100_000_000);
}

/** The weight of a term of a loss; 0 leaves the term out. */
export function weight(): z.ZodNumber {
  return z.number().min(0).max(1e6);
}
