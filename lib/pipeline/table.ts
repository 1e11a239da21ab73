/** How columns stand. */
export interface TableOptions {
  /** Indexes of the columns that are set flush right. */
  readonly right?: readonly number[];
}

/** Rows of text as lines whose columns stand under each other. */
export function table(
  rows: readonly (readonly string[])[],
  { right = [] }: TableOptions = {},
): readonly string[] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from(
    { length: count },
    (_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) => {
    const cells = row.map((cell, column) =>
      right.includes(column)
        ? cell.padStart(widths[column]!)
        : cell.padEnd(widths[column]!)
    );
    return cells.join("  ").trimEnd();
  });
}
