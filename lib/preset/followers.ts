import type { VaeConfig } from "../model/mod.ts";
import { TRAININGS } from "./paths.ts";
import type { Statement } from "./row.ts";
import { type Tree, valueAt } from "./tree.ts";

/** What follows from the numbers of a statement that does not say it itself. */
export interface Followers {
  /** Numbers that are others now. */
  readonly numbers: object;
  /** Paths of numbers that hold no more. */
  readonly gone: readonly string[];
}

/** What follows from a statement over the numbers before it. */
export function followersOf(
  said: Statement["numbers"],
  before: Tree,
): Followers {
  const parts = TRAININGS.flatMap((section) => {
    const count = fittingParts(section, said, before);
    return count === undefined ? [] : [[section, count] as const];
  });
  const fewer = parts.filter(([, count]) => count > 1)
    .map(([section, count]) => [section, { parts: count }] as const);
  return {
    numbers: { ...channels(said, before), ...Object.fromEntries(fewer) },
    gone: parts.filter(([, count]) => count === 1)
      .map(([section]) => `${section}.parts`),
  };
}

/** The last entry of the hybrid's `cnn_chs` is the width of what it leads to. */
function channels(said: Statement["numbers"], before: Tree): object {
  const vae: Partial<VaeConfig<"hybrid">> = { ...said.vae as object };
  const width = vae.z_channels;
  const chs = valueAt(before, ["vae", "cnn_chs"]);
  const follows = width !== undefined && vae.cnn_chs === undefined &&
    Array.isArray(chs);
  return follows ? { vae: { cnn_chs: [...chs.slice(0, -1), width] } } : {};
}

/**
 * Parts of a batch that is said in place of the one they were said of: as many
 * of them as its rows allow. Undefined where they stay as they are.
 */
function fittingParts(
  section: string,
  said: Statement["numbers"],
  before: Tree,
): number | undefined {
  const batch = valueAt(said, [section, "batch"]);
  const parts = valueAt(before, [section, "parts"]);
  const isSaid = valueAt(said, [section, "parts"]) !== undefined;
  if (isSaid || !isCount(batch) || !isCount(parts)) return undefined;
  const together = ["adversarial", "batchNormRows"];
  const rows = valueAt(said, [section, ...together]) ??
    valueAt(before, [section, ...together]);
  let fitting = parts;
  while (fitting > 1 && batch % (fitting * (isCount(rows) ? rows : 1)) !== 0) {
    fitting = Math.floor(fitting / 2);
  }
  return fitting === parts ? undefined : fitting;
}

/** Statements are checked when all are put together. */
function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && value as number > 0;
}
