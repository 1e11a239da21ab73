import {
  brotliDecompressSync,
  gunzipSync,
  zstdDecompressSync,
} from "node:zlib";
import { snappyUncompress } from "hyparquet";
import { demand } from "./defect.ts";

/** How each codec is undone, to no more bytes than a page says. */
const CODECS: Readonly<
  Record<string, (bytes: Uint8Array, size: number) => Uint8Array>
> = {
  UNCOMPRESSED: (bytes) => bytes,
  SNAPPY(bytes, size) {
    const output = new Uint8Array(size);
    snappyUncompress(bytes, output);
    return output;
  },
  GZIP: (bytes, size) => gunzipSync(bytes, { maxOutputLength: size + 1 }),
  ZSTD: (bytes, size) =>
    zstdDecompressSync(bytes, { maxOutputLength: size + 1 }),
  BROTLI: (bytes, size) =>
    brotliDecompressSync(bytes, { maxOutputLength: size + 1 }),
};

/**
 * Undoes the compression of a page.
 *
 * @throws {ParquetDefect} for a codec that is not read, or another size
 */
export function decompressed(
  bytes: Uint8Array,
  { codec, size }: { readonly codec: string; readonly size: number },
): Uint8Array {
  demand(
    Object.hasOwn(CODECS, codec),
    `expected a codec of ${Object.keys(CODECS).join(", ")}, found ${codec}`,
  );
  if (size === 0) return new Uint8Array();
  const output = CODECS[codec]!(bytes, size);
  demand(
    output.length === size,
    `expected ${size} bytes of a page, found ${output.length}`,
  );
  return output;
}
