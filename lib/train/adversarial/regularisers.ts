import { R1 } from "./gradient_penalty.ts";
import { LECAM } from "./lecam.ts";
import type { Regulariser } from "./regulariser.ts";

/** Every regulariser of discriminators; a new one is a file and a line here. */
export const REGULARISERS = {
  lecam: LECAM,
  r1: R1,
} as const satisfies Readonly<
  Record<string, Regulariser>
>;

/** One of {@linkcode REGULARISERS}. */
export type RegulariserName = keyof typeof REGULARISERS;

/** Names of all regularisers. */
export const REGULARISER_NAMES = Object.keys(
  REGULARISERS,
) as readonly RegulariserName[];
