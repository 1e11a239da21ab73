import type { ByteSource } from "../../artifact/mod.ts";
import { demand, ParquetDefect } from "./defect.ts";
import { type Chunk, headerAt, type PageHeader, rowsOfPage } from "./pages.ts";

/** Where the column of a row group lies in its file. */
export interface ChunkPlace extends Chunk {
  /** First byte. */
  readonly start: number;
  /** Number of bytes. */
  readonly length: number;
}

/** Where a page lies with its header. */
export interface PagePlace {
  /** First byte in the file. */
  readonly start: number;
  /** Number of bytes. */
  readonly length: number;
}

/** Where a data page lies, and which rows of its group it holds. */
export interface DataPagePlace extends PagePlace {
  readonly firstRow: number;
  readonly rows: number;
}

/** The pages of a column in a row group, by their headers alone. */
export interface PageIndex {
  /** In the order of the rows. */
  readonly pages: readonly DataPagePlace[];
  readonly dictionary?: PagePlace;
}

/** A header without statistics takes some 30 bytes; with them, a few values more. */
const HEADER_BYTES = [512, 64 * 1024, 16 * 1024 * 1024];

/** Pages without rows that are believed. */
const MOST_EMPTY = 16;

/**
 * Finds the pages of a column, which lie one behind another.
 *
 * @throws {ParquetDefect} when they do not fit the column
 */
export async function indexPages(
  source: ByteSource,
  { start, length, rows, maxBytes }: ChunkPlace,
): Promise<PageIndex> {
  const pages: DataPagePlace[] = [];
  let dictionary: PagePlace | undefined;
  let firstRow = 0;
  let left = maxBytes;
  let empty = 0;
  for (let at = start; firstRow < rows;) {
    const found = await headerIn(source, { at, end: start + length });
    left -= found.header.uncompressed_page_size;
    demand(left >= 0, `expected pages of at most ${maxBytes} bytes`);
    const place = { start: at, length: found.end - at };
    at = found.end;
    if (found.header.type === "DICTIONARY_PAGE") dictionary = place;
    const count = rowsOfPage(found.header) ?? 0;
    demand(
      count >= 0 && firstRow + count <= rows,
      `expected at most ${rows - firstRow} values of a page, found ${count}`,
    );
    if (count === 0) {
      demand(++empty <= MOST_EMPTY, "its pages hold no rows");
      continue;
    }
    pages.push({ ...place, firstRow, rows: count });
    firstRow += count;
  }
  return { pages, ...dictionary && { dictionary } };
}

/** The header at a byte of a column, and where its page ends in the file. */
async function headerIn(
  source: ByteSource,
  { at, end }: { readonly at: number; readonly end: number },
): Promise<{ header: PageHeader; end: number }> {
  for (const most of HEADER_BYTES) {
    const bytes = new Uint8Array(Math.min(most, end - at));
    await source.readInto(bytes, at);
    try {
      const found = headerAt(bytes, 0);
      demand(at + found.end <= end, "a page passes the end of its column");
      return { header: found.header, end: at + found.end };
    } catch (error) {
      // Cut short, perhaps: a longer look may find its end.
      const isWhole = bytes.length === end - at;
      if (!(error instanceof ParquetDefect) || isWhole) throw error;
    }
  }
  throw new ParquetDefect("the header of a page is malformed");
}
