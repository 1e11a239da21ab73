/** Command lines that are killed and run again until they end. */
export interface KilledRow {
  /** Also the name of its folder; `../NAME` holds what the row NAME has left. */
  readonly name: string;
  /** They run side by side, as ranks do; mostly there is one. */
  readonly lines: readonly string[];
  /**
   * How many ranks of MPI do a line together, in turn from one run to the next;
   * one of them or their launcher is killed. A line is one process unless given.
   */
  readonly ranks?: readonly number[];
  /** What is in its folder before, by name. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
}
