import type { Kernel } from "./code.ts";
import { enoughGroups, type KernelLimits } from "./context.ts";

/** What counts as much as starting a kernel: a microsecond or so of a large GPU. */
const FLOPS_OF_UNIT = 1e7;
const BYTES_OF_UNIT = 1e6;

/** Work of one dispatch at most: tens of milliseconds of a small GPU, and of software. */
const MOST_WORK = 1000;
const MOST_SOFTWARE_WORK = 1.5;

/** Workgroups along one axis at most. */
export const AXIS_LIMIT = 65535;

type Sized = Pick<Kernel, "flops" | "bytes" | "workgroups">;

/** The work of a kernel, in units that take about the same time on one device. */
export function workOf({ flops, bytes }: Pick<Kernel, "flops" | "bytes">) {
  return 1 + flops / FLOPS_OF_UNIT + bytes / BYTES_OF_UNIT;
}

/**
 * In how many pieces a kernel's grid is dispatched, so that others get their
 * turn in between; workgroups do not know of each other, so no byte depends on
 * it. Each piece keeps an adapter busy.
 */
export function gridPieces(
  kernel: Sized,
  limits: Pick<KernelLimits, "isSoftware">,
): number {
  const { workgroups } = kernel;
  const most = limits.isSoftware ? MOST_SOFTWARE_WORK : MOST_WORK;
  const wanted = Math.ceil(workOf(kernel) / most);
  const busy = Math.floor(workgroups / enoughGroups(limits));
  const pieces = Math.min(wanted, busy);
  if (pieces <= 1) return 1;
  // A piece along two axes would reach into the next one.
  return Math.max(pieces, Math.ceil(workgroups / AXIS_LIMIT));
}

/** A piece of a kernel's grid. */
export interface GridPiece {
  /** Its first workgroup. */
  readonly first: number;
  readonly workgroups: number;
}

/** The pieces of a kernel's grid, as equal as can be. */
export function piecesOf(
  { workgroups, pieces = 1 }: Pick<Kernel, "workgroups" | "pieces">,
): readonly GridPiece[] {
  const startOf = (i: number) => Math.floor(i * workgroups / pieces);
  return Array.from({ length: pieces }, (_, i) => ({
    first: startOf(i),
    workgroups: startOf(i + 1) - startOf(i),
  }));
}
