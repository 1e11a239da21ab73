import { openFile, UserError } from "../../lib/artifact/mod.ts";
import type {
  DataPagePlace,
  PageIndex,
  ParquetValue,
} from "../../lib/container/mod.ts";
import { Kept } from "../kept.ts";
import type { HubFile } from "./features.ts";

/** Pages that are kept: of some ten pictures each, wanted in order or at random. */
const KEPT_PAGES = 8;

/** Row groups whose pages are known: a line for each page. */
const KEPT_INDICES = 20_000;

type Values = readonly (ParquetValue | undefined)[];

/** A row group of a file. */
interface GroupPlace {
  readonly file: number;
  readonly group: number;
}

/**
 * Pictures of parquet files. The page that holds a picture is read, which is
 * about a megabyte, and not its row group, which may be hundreds.
 */
export class PicturePages {
  private readonly files: readonly HubFile[];
  private readonly indices = new Kept<PageIndex>(KEPT_INDICES);
  private readonly pages = new Kept<Values>(KEPT_PAGES);

  /** The pages of files, of which none is read yet. */
  constructor(files: readonly HubFile[]) {
    this.files = files;
  }

  /**
   * The value of the column of pictures in a row.
   *
   * @throws {UserError} when the row is not there, or its page malformed
   */
  async picture(
    { file, row }: { readonly file: number; readonly row: number },
  ): Promise<ParquetValue | undefined> {
    const { file: { groups }, path } = this.files[file]!;
    const group = groups.findLastIndex(({ firstRow }) => firstRow <= row);
    const found = groups[group];
    if (found === undefined || row >= found.firstRow + found.rows) {
      throw new UserError(`Cannot read "${path}": it has no row ${row}`);
    }
    const place = { file, group };
    const key = `${file} ${group}`;
    const index = await this.indices.of(key, () => this.indexOf(place));
    const inGroup = row - found.firstRow;
    const page = index.pages.findLast(({ firstRow }) => firstRow <= inGroup)!;
    const values = await this.pages.of(
      `${key} ${page.firstRow}`,
      () => this.read(place, { page, index }),
    );
    return values[inGroup - page.firstRow];
  }

  /** Lets go of what is kept. */
  close(): void {
    this.indices.clear();
    this.pages.clear();
  }

  private async indexOf({ file, group }: GroupPlace): Promise<PageIndex> {
    const { file: parquet, path, columns } = this.files[file]!;
    const source = await openFile(path);
    try {
      return await parquet.pages(source, { group, column: columns.picture });
    } finally {
      source.close();
    }
  }

  private async read(
    { file, group }: GroupPlace,
    where: { readonly page: DataPagePlace; readonly index: PageIndex },
  ): Promise<Values> {
    const { file: parquet, path, columns } = this.files[file]!;
    const source = await openFile(path);
    try {
      const column = columns.picture;
      return await parquet.page(source, { group, column, ...where });
    } finally {
      source.close();
    }
  }
}
