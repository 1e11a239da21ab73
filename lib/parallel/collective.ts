import type { Pieces } from "./pieces.ts";

/**
 * Processes that do one work together.
 *
 * All ranks call the same functions in the same order with sizes that fit. A
 * call may begin before an earlier one has ended; buffers belong to it until
 * it has. Bytes arrive as they were sent: nothing is added on the way, so
 * sums are made in an order that the caller chooses (see `allReduce`).
 */
export interface Collective {
  /** Number of this process, from 0. */
  readonly rank: number;
  /** How many there are. */
  readonly size: number;
  /** Time in which a call was unfinished, in ms, whatever else went on. */
  readonly waitedMs: number;
  /**
   * Sends `parts[q]` to rank q, and fills `into[q]` with what rank q sends
   * here, piece by piece. Sizes and numbers of pieces may differ from rank to
   * rank; the own part is copied.
   */
  exchange(parts: readonly Pieces[], into: readonly Pieces[]): Promise<void>;
  /** Every rank's own bytes, to all: `into[q]` is rank q's. */
  gather(own: Uint8Array, into: readonly Uint8Array[]): Promise<void>;
  /** The root's bytes, to all, in place. */
  broadcast(data: Uint8Array, root: number): Promise<void>;
  /** Ends when all ranks have begun it. */
  barrier(): Promise<void>;
  /**
   * Ends all ranks, with a line that names this one.
   *
   * @throws {AbortError} here, where the process outlives it
   */
  abort(reason: string): Promise<never>;
  /** Ends the work together; all ranks call it, and nothing after it. */
  close(): Promise<void>;
}

/** Work was ended because of one rank. */
export class AbortError extends Error {
  override readonly name = "AbortError";
}

/** What a call moves, checked against the number of ranks. */
export function requireParts(
  parts: readonly Pieces[],
  { size }: Pick<Collective, "size">,
): void {
  if (parts.length === size) return;
  throw new TypeError(
    `Cannot move ${parts.length} parts among ${size} ranks: expected one each`,
  );
}
