import { UserError } from "../../artifact/mod.ts";
import type { TrainingStep } from "../step.ts";
import { isPowerOfTwo } from "./tree.ts";

/** How the parts of a batch are shared out: each rank has its lanes, each lane its rounds. */
export interface TreeCut {
  readonly parts: number;
  readonly ranks: number;
  /** Parts that a rank does side by side. */
  readonly lanes: number;
  /** Parts that a lane does in turn. */
  readonly rounds: number;
}

/**
 * Shares parts out: neighbours stay together, so that the sum of a rank or a
 * lane is a node of the tree of all parts.
 *
 * @param options.lanes what the engine can do side by side
 * @throws {UserError} where so many ranks have no equal share
 */
export function cutTree(
  { parts, ranks, lanes: most }: Omit<TreeCut, "rounds">,
): TreeCut {
  if (!isPowerOfTwo(ranks) || ranks > parts) {
    throw new UserError(
      `Cannot share ${parts} parts of a batch among ${ranks} ranks: expected ` +
        "a power of two, and no more ranks than parts",
    );
  }
  const own = parts / ranks;
  const lanes = Math.min(own, 2 ** Math.floor(Math.log2(most)));
  return { parts, ranks, lanes, rounds: own / lanes };
}

/** @throws {UserError} where a batch cannot be cut in so many parts */
export function requireParts(
  { rowsTogether }: TrainingStep,
  { rows, parts }: { readonly rows: number; readonly parts: number },
): void {
  if (!isPowerOfTwo(parts) || rows % parts !== 0) {
    throw new UserError(
      `Cannot cut a batch of ${rows} in ${parts} parts: expected a power of ` +
        "two that divides it",
    );
  }
  if (rowsTogether === undefined) return;
  const { rows: together, because } = rowsTogether;
  const part = rows / parts;
  if (part % together === 0) return;
  throw new UserError(
    `Cannot cut a batch of ${rows} in ${parts} parts of ${part}: ${because}, ` +
      `expected parts of a multiple of ${together} rows`,
  );
}
