/** Rows of a batch that follow each other. */
export interface BatchRows {
  /** The first one. */
  readonly start: number;
  readonly count: number;
}

/** Numbers of rows. */
export function rowNumbers({ start, count }: BatchRows): number[] {
  return Array.from({ length: count }, (_, i) => start + i);
}
