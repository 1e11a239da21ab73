import { type FileMetaData, parquetMetadata } from "hyparquet";
import { type ByteSource, ioError, UserError } from "../../artifact/mod.ts";
import { demand, ParquetDefect } from "./defect.ts";
import {
  type ChunkPlace,
  type DataPagePlace,
  indexPages,
  type PageIndex,
  type PagePlace,
} from "./page_index.ts";
import { decodeChunk, decodePage } from "./pages.ts";
import type { ParquetValue } from "./values.ts";

/** Longest footer that is read. */
const MAX_FOOTER_BYTES = 64 * 1024 * 1024;

/** Most bytes of a column in a row group, as stored and decompressed. */
const MAX_CHUNK_BYTES = 1024 ** 3;

/** Most rows of a row group, of which writers make some hundreds. */
const MAX_GROUP_ROWS = 2 ** 22;

/** Where a row group lies among all rows. */
export interface RowGroup {
  readonly firstRow: number;
  readonly rows: number;
}

/** A column of numbers or bytes that does not repeat. */
export interface ParquetColumn {
  /** Names from the outermost on, joined by dots. */
  readonly path: string;
  /** How many of these may be missing. */
  readonly level: number;
}

/** A column of a row group. */
export interface ColumnPart {
  readonly group: number;
  readonly column: ParquetColumn;
}

/** What a parquet file says of itself; the file need not stay open. */
export class ParquetFile {
  /** Row groups in the order of the rows. */
  readonly groups: readonly RowGroup[];
  /** Columns of values that do not repeat. */
  readonly columns: readonly ParquetColumn[];
  private readonly metadata: FileMetaData;

  private constructor(metadata: FileMetaData) {
    this.metadata = metadata;
    this.columns = columnsOf(metadata);
    this.groups = groupsOf(metadata);
  }

  /**
   * Reads the footer of a file.
   *
   * @throws {UserError} when it is no parquet file, or its footer is malformed
   */
  static async read(source: ByteSource): Promise<ParquetFile> {
    return await clearly(source, async () => {
      return new ParquetFile(await readFooter(source));
    });
  }

  /** A text that was put into the file under a key. */
  text(key: string): string | undefined {
    return this.metadata.key_value_metadata
      ?.find((entry) => entry.key === key)?.value;
  }

  /**
   * Reads the values of a column in a row group, one for each row; undefined
   * where there is none.
   *
   * @throws {UserError} when the column is malformed, too large, or encoded in
   *   a way that is not read
   */
  async values(
    source: ByteSource,
    part: ColumnPart,
  ): Promise<readonly (ParquetValue | undefined)[]> {
    return await clearly(source, async () => {
      const chunk = this.chunk(source, part);
      return decodeChunk(await bytesOf(source, chunk), chunk);
    });
  }

  /**
   * Finds the pages of a column in a row group, of which headers alone are read.
   *
   * @throws {UserError} when the column is malformed or too large
   */
  async pages(source: ByteSource, part: ColumnPart): Promise<PageIndex> {
    return await clearly(
      source,
      () => indexPages(source, this.chunk(source, part)),
    );
  }

  /**
   * Reads the values of one page, one for each of its rows; undefined where there
   * is none.
   *
   * @throws {UserError} when the page is malformed, or encoded in a way that is
   *   not read
   */
  async page(
    source: ByteSource,
    { page, index: { dictionary }, ...part }: ColumnPart & {
      readonly page: DataPagePlace;
      readonly index: PageIndex;
    },
  ): Promise<readonly (ParquetValue | undefined)[]> {
    return await clearly(source, async () => {
      const values = decodePage({
        bytes: await bytesOf(source, page),
        dictionary: dictionary && await bytesOf(source, dictionary),
      }, this.chunk(source, part));
      demand(
        values.length === page.rows,
        `expected ${page.rows} values of a page, found ${values.length}`,
      );
      return values;
    });
  }

  /** Where a column of a row group lies; @throws {ParquetDefect} out of bounds */
  private chunk(source: ByteSource, { group, column }: ColumnPart): ChunkPlace {
    const { rows } = this.groups[group]!;
    const about = this.metadata.row_groups[group]!.columns
      .find(({ meta_data: data }) =>
        data?.path_in_schema.join(".") === column.path
      )?.meta_data;
    demand(about !== undefined, `column "${column.path}" is not there`);
    const start = Number(
      about.dictionary_page_offset || about.data_page_offset,
    );
    const length = Number(about.total_compressed_size);
    demand(
      start >= 0 && length >= 0 && start + length <= source.size,
      `column "${column.path}" passes the end of the file`,
    );
    demand(
      length <= MAX_CHUNK_BYTES,
      `expected at most ${MAX_CHUNK_BYTES} bytes of "${column.path}" in a ` +
        `row group, found ${length}`,
    );
    const { type, codec } = about;
    const { level } = column;
    return {
      start,
      length,
      type,
      codec,
      rows,
      level,
      maxBytes: MAX_CHUNK_BYTES,
    };
  }
}

async function bytesOf(
  source: ByteSource,
  { start, length }: PagePlace,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  await source.readInto(bytes, start);
  return bytes;
}

async function readFooter(source: ByteSource): Promise<FileMetaData> {
  const { size } = source;
  demand(size >= 12, "it is no parquet file");
  const end = new Uint8Array(8);
  await source.readInto(end, size - 8);
  const mark = String.fromCharCode(...end.subarray(4));
  demand(mark === "PAR1", "it is no parquet file, or cut short");
  const length = new DataView(end.buffer).getUint32(0, true);
  demand(
    length <= Math.min(MAX_FOOTER_BYTES, size - 12),
    `expected a footer of at most ${
      Math.min(MAX_FOOTER_BYTES, size - 12)
    } bytes, found ${length}`,
  );
  const footer = new Uint8Array(length + 8);
  await source.readInto(footer, size - footer.length);
  return parquetMetadata(footer, { geoparquet: false });
}

function groupsOf({ row_groups: groups }: FileMetaData): RowGroup[] {
  let firstRow = 0;
  return groups.map(({ num_rows }) => {
    const rows = Number(num_rows);
    demand(
      rows >= 0 && rows <= MAX_GROUP_ROWS,
      `expected at most ${MAX_GROUP_ROWS} rows in a row group, found ${rows}`,
    );
    const group = { firstRow, rows };
    firstRow += rows;
    return group;
  });
}

/** The leaves of the schema, a list of which each says how many it holds. */
function columnsOf({ schema }: FileMetaData): ParquetColumn[] {
  const columns: ParquetColumn[] = [];
  let at = 1;
  function visit(parent: readonly string[], level: number): void {
    const element = schema[at++];
    demand(element !== undefined && parent.length < 32, "a malformed schema");
    const path = [...parent, element.name];
    if (element.repetition_type === "REPEATED") level = NaN;
    if (element.repetition_type === "OPTIONAL") level++;
    const children = element.num_children ?? 0;
    for (let child = 0; child < children; child++) visit(path, level);
    const isLeaf = children === 0 && !Number.isNaN(level);
    if (isLeaf) columns.push({ path: path.join("."), level });
  }
  while (at < schema.length) visit([], 0);
  return columns;
}

/** Runs what reads a file; what is wrong with it is told with its name. */
async function clearly<T>(
  source: ByteSource,
  run: () => Promise<T>,
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const told = ioError(error, `Cannot read "${source.name}"`);
    if (told instanceof UserError) throw told;
    const detail = error instanceof ParquetDefect
      ? error.message
      : "it is damaged, or of a variety that is not known";
    throw new UserError(`Cannot read "${source.name}": ${detail}`, {
      cause: error,
    });
  }
}
