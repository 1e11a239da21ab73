import { openFile, UserError } from "../../lib/artifact/mod.ts";
import type { ParquetValue } from "../../lib/container/mod.ts";
import type { HubFile } from "./features.ts";

/** Row groups that are kept: pictures are wanted in order, a few ahead. */
const MOST_KEPT = 2;

type Values = readonly (ParquetValue | undefined)[];

/** The pictures of row groups, read whole and the last ones kept. */
export class RowGroups {
  private readonly files: readonly HubFile[];
  private readonly kept = new Map<string, Promise<Values>>();

  /** The groups of files, of which none is read yet. */
  constructor(files: readonly HubFile[]) {
    this.files = files;
  }

  /**
   * The value of the column of pictures in a row.
   *
   * @throws {UserError} when the row group is malformed
   */
  async picture(
    { file, row }: { readonly file: number; readonly row: number },
  ): Promise<ParquetValue | undefined> {
    const { file: parquet, path } = this.files[file]!;
    const group = parquet.groups.findLastIndex(({ firstRow }) =>
      firstRow <= row
    );
    const found = parquet.groups[group];
    if (found === undefined || row >= found.firstRow + found.rows) {
      throw new UserError(`Cannot read "${path}": it has no row ${row}`);
    }
    return (await this.values(file, group))[row - found.firstRow];
  }

  /** Lets go of what is kept. */
  close(): void {
    this.kept.clear();
  }

  private values(file: number, group: number): Promise<Values> {
    const key = `${file} ${group}`;
    const values = this.kept.get(key) ?? this.read(file, group);
    // The one that was used last stands at the end.
    this.kept.delete(key);
    this.kept.set(key, values);
    // Told where it is awaited.
    values.catch(() => this.kept.delete(key));
    if (this.kept.size > MOST_KEPT) {
      this.kept.delete(this.kept.keys().next().value!);
    }
    return values;
  }

  private async read(file: number, group: number): Promise<Values> {
    const { file: parquet, path, columns } = this.files[file]!;
    const source = await openFile(path);
    try {
      const column = columns.picture;
      return await parquet.values(source, { group, column });
    } finally {
      source.close();
    }
  }
}
