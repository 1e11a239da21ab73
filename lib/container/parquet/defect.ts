/** What is wrong with a parquet file, in words that follow its name. */
export class ParquetDefect extends Error {
  override readonly name = "ParquetDefect";
}

/**
 * Checks what a file says of itself.
 *
 * @throws {ParquetDefect} where it does not hold
 */
export function demand(holds: boolean, detail: string): asserts holds {
  if (!holds) throw new ParquetDefect(detail);
}
