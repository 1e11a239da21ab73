import { parquetHeader } from "hyparquet/src/column.js";
import { decompressed } from "./codecs.ts";
import { demand, ParquetDefect } from "./defect.ts";
import { decodeHybrid } from "./hybrid.ts";
import { type ParquetValue, plainValues, viewOf } from "./values.ts";

/** What stands before the bytes of a page. */
export type PageHeader = ReturnType<typeof parquetHeader>;

/** What decoding needs to know of the values of one column in one row group. */
export interface Chunk {
  /** Physical type. */
  readonly type: string;
  readonly codec: string;
  /** Rows of the group. */
  readonly rows: number;
  /** Level at which a value is there; 0 where none may be missing. */
  readonly level: number;
  /** Most bytes of all pages once decompressed. */
  readonly maxBytes: number;
}

/** A page: its header and its bytes as they are stored. */
interface Page {
  readonly header: PageHeader;
  readonly bytes: Uint8Array;
}

/**
 * The values of a column that does not repeat, one for each row of the group;
 * undefined where there is none.
 *
 * @throws {ParquetDefect} when the pages hold something else
 */
export function decodeChunk(
  bytes: Uint8Array,
  chunk: Chunk,
): (ParquetValue | undefined)[] {
  const values: (ParquetValue | undefined)[] = [];
  let dictionary: readonly ParquetValue[] = [];
  let left = chunk.maxBytes;
  for (let at = 0; values.length < chunk.rows;) {
    const page = pageAt(bytes, at);
    at = page.end;
    const { header } = page;
    left -= header.uncompressed_page_size;
    demand(left >= 0, `expected pages of at most ${chunk.maxBytes} bytes`);
    if (header.type === "DICTIONARY_PAGE") {
      dictionary = dictionaryOf(page, chunk);
    } else if (header.type === "DATA_PAGE" || header.type === "DATA_PAGE_V2") {
      const rest = { ...chunk, rows: chunk.rows - values.length };
      for (const value of pageValues(page, { chunk: rest, dictionary })) {
        values.push(value);
      }
    }
  }
  return values;
}

/**
 * The values of one data page, one for each of its rows.
 *
 * @param options.bytes the page with its header
 * @param options.dictionary the page of the dictionary, where the column has one
 * @throws {ParquetDefect} when the page holds something else
 */
export function decodePage(
  { bytes, dictionary }: {
    readonly bytes: Uint8Array;
    readonly dictionary: Uint8Array | undefined;
  },
  chunk: Chunk,
): (ParquetValue | undefined)[] {
  const page = pageAt(bytes, 0);
  const values = dictionary && isOfDictionary(page)
    ? dictionaryOf(pageAt(dictionary, 0), chunk)
    : [];
  return pageValues(page, { chunk, dictionary: values });
}

/** Number of rows of a data page; undefined for pages that have none. */
export function rowsOfPage(header: PageHeader): number | undefined {
  return aboutData(header)?.num_values;
}

/** What a header says of the values of a data page, of either version. */
function aboutData(header: PageHeader) {
  return header.data_page_header ?? header.data_page_header_v2;
}

function isOfDictionary({ header }: Page): boolean {
  return aboutData(header)?.encoding !== "PLAIN";
}

function pageAt(bytes: Uint8Array, at: number): Page & { end: number } {
  const { header, start, end } = headerAt(bytes, at);
  demand(end <= bytes.length, "a page passes the end of its column");
  return { header, bytes: bytes.subarray(start, end), end };
}

/**
 * Reads the header of a page.
 *
 * @returns the header, and where the page starts behind it and ends
 * @throws {ParquetDefect} when it is malformed or cut short
 */
export function headerAt(
  bytes: Uint8Array,
  at: number,
): { header: PageHeader; start: number; end: number } {
  const reader = { view: viewOf(bytes), offset: at };
  const header = headerOf(reader);
  const { compressed_page_size: size } = header;
  demand(
    [size, header.uncompressed_page_size]
      .every((size) => Number.isInteger(size) && size >= 0),
    "a page has no size",
  );
  return { header, start: reader.offset, end: reader.offset + size };
}

function headerOf(reader: { view: DataView; offset: number }): PageHeader {
  try {
    return parquetHeader(reader);
  } catch {
    throw new ParquetDefect("the header of a page is malformed");
  }
}

function dictionaryOf(
  { header, bytes }: Page,
  { codec, type, rows }: Chunk,
): ParquetValue[] {
  const count = header.dictionary_page_header?.num_values;
  demand(
    count !== undefined && count >= 0 && count <= rows,
    `expected a dictionary of at most ${rows} values, found ${count ?? "none"}`,
  );
  const size = header.uncompressed_page_size;
  return plainValues(decompressed(bytes, { codec, size }), { type, count });
}

interface Encoded {
  readonly chunk: Chunk;
  readonly dictionary: readonly ParquetValue[];
}

function pageValues(
  page: Page,
  { chunk, dictionary }: Encoded,
): (ParquetValue | undefined)[] {
  const { count, encoding, levels, data } = partsOf(page, chunk);
  const present = levels.reduce((n, level) => n + +(level === chunk.level), 0);
  const values = decodeValues(data, {
    ...{ encoding, dictionary, type: chunk.type },
    count: present,
  });
  if (present === count) return values;
  let next = 0;
  return Array.from(
    levels,
    (level) => level === chunk.level ? values[next++] : undefined,
  );
}

/** A data page, taken apart. */
interface PageParts {
  readonly count: number;
  readonly encoding: string | undefined;
  /** Level of every value; where it is the column's, the value is there. */
  readonly levels: Uint32Array;
  readonly data: Uint8Array;
}

function partsOf(page: Page, chunk: Chunk): PageParts {
  const second = page.header.data_page_header_v2;
  const about = aboutData(page.header);
  const count = about?.num_values ?? -1;
  demand(
    count >= 0 && count <= chunk.rows,
    `expected at most ${chunk.rows} values of a page, found ${count}`,
  );
  const width = Math.ceil(Math.log2(chunk.level + 1));
  const { levels, data } = second === undefined
    ? firstVersion(page, chunk)
    : secondVersion(page, chunk);
  return {
    count,
    encoding: about?.encoding,
    levels: decodeHybrid(levels, { width, count }),
    data,
  };
}

interface Split {
  readonly levels: Uint8Array;
  readonly data: Uint8Array;
}

/** Levels stand before the values, with their length, compressed with them. */
function firstVersion({ header, bytes }: Page, { codec, level }: Chunk): Split {
  const size = header.uncompressed_page_size;
  const whole = decompressed(bytes, { codec, size });
  if (level === 0) return { levels: new Uint8Array(), data: whole };
  demand(whole.length >= 4, "the levels of a page are cut short");
  const end = 4 + viewOf(whole).getUint32(0, true);
  demand(end <= whole.length, "the levels of a page are cut short");
  return { levels: whole.subarray(4, end), data: whole.subarray(end) };
}

/** Levels stand before the values, uncompressed. */
function secondVersion({ header, bytes }: Page, { codec }: Chunk): Split {
  const about = header.data_page_header_v2!;
  const end = about.definition_levels_byte_length;
  const size = header.uncompressed_page_size - end;
  demand(
    about.repetition_levels_byte_length === 0 && end >= 0 &&
      end <= bytes.length && size >= 0,
    "the levels of a page are cut short",
  );
  const packed = bytes.subarray(end);
  const data = about.is_compressed === false
    ? packed
    : decompressed(packed, { codec, size });
  return { levels: bytes.subarray(0, end), data };
}

function decodeValues(
  data: Uint8Array,
  { encoding, dictionary, type, count }: {
    readonly encoding: string | undefined;
    readonly dictionary: readonly ParquetValue[];
    readonly type: string;
    readonly count: number;
  },
): ParquetValue[] {
  if (encoding === "PLAIN") return plainValues(data, { type, count });
  demand(
    encoding === "RLE_DICTIONARY" || encoding === "PLAIN_DICTIONARY",
    `expected values that are plain or in a dictionary, found ${
      encoding ?? "an unknown encoding"
    }`,
  );
  if (count === 0) return [];
  demand(data.length > 0, "values are cut short");
  const indices = decodeHybrid(data.subarray(1), { width: data[0]!, count });
  return Array.from(indices, (index) => {
    const value = dictionary[index];
    demand(value !== undefined, "a value is not in its dictionary");
    return value;
  });
}
