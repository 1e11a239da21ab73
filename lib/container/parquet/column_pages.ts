import { UserError } from "../../artifact/mod.ts";
import { Kept } from "../kept.ts";
import type { OpenFiles } from "../open_files.ts";
import { type ParquetColumn, ParquetFile } from "./file.ts";
import type { PageIndex } from "./page_index.ts";
import type { ParquetValue } from "./values.ts";

/** Pages that are kept: of some ten pictures each, wanted in order or at random. */
const KEPT_PAGES = 8;

/** Row groups whose pages are known: a line for each page. */
const KEPT_INDICES = 20_000;

/** Files whose footers are known. */
const KEPT_FILES = 1000;

type Values = readonly (ParquetValue | undefined)[];

/** A column of a parquet file. */
export interface TableColumn {
  /** Path of the file. */
  readonly path: string;
  /** Names from the outermost on, joined by dots. */
  readonly column: string;
}

/** A column whose file's footer has been read. */
interface Known {
  readonly file: ParquetFile;
  readonly column: ParquetColumn;
}

/**
 * Values of columns by row. The page that holds a value is read, which is about
 * a megabyte, and not its row group, which may be hundreds.
 */
export class ColumnPages {
  private readonly known = new Kept<Known>(KEPT_FILES);
  private readonly indices = new Kept<PageIndex>(KEPT_INDICES);
  private readonly pages = new Kept<Values>(KEPT_PAGES);
  private readonly files: OpenFiles;

  /** @param files are closed by their owner */
  constructor(files: OpenFiles) {
    this.files = files;
  }

  /**
   * The value in a row; undefined where there is none.
   *
   * @throws {UserError} when row or column is not there, or a page malformed
   */
  async value(
    { path, column }: TableColumn,
    row: number,
  ): Promise<ParquetValue | undefined> {
    const whole = `${column} of ${path}`;
    const known = await this.known.of(
      whole,
      () => this.footerOf({ path, column }),
    );
    const { groups } = known.file;
    const group = groups.findLastIndex(({ firstRow }) => firstRow <= row);
    const found = groups[group];
    if (found === undefined || row >= found.firstRow + found.rows) {
      throw new UserError(`Cannot read "${path}": it has no row ${row}`);
    }
    const place = { group, column: known.column };
    const key = `${group} of ${whole}`;
    const index = await this.indices.of(
      key,
      () => this.files.use(path, (source) => known.file.pages(source, place)),
    );
    const inGroup = row - found.firstRow;
    const page = index.pages.findLast(({ firstRow }) => firstRow <= inGroup)!;
    const values = await this.pages.of(
      `${page.firstRow} of ${key}`,
      () =>
        this.files.use(
          path,
          (source) => known.file.page(source, { ...place, page, index }),
        ),
    );
    return values[inGroup - page.firstRow];
  }

  /** Lets go of what is kept. */
  close(): void {
    this.known.clear();
    this.indices.clear();
    this.pages.clear();
  }

  private async footerOf({ path, column: name }: TableColumn): Promise<Known> {
    const file = await this.files.use(
      path,
      (source) => ParquetFile.read(source),
    );
    const column = file.columns.find(({ path }) => path === name);
    if (column !== undefined) return { file, column };
    throw new UserError(
      `Cannot read "${path}": expected a column ${name}, found none`,
    );
  }
}
