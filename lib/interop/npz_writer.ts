import type { AtomicFile } from "../artifact/mod.ts";
import { ZipWriter } from "./zip/writer.ts";

/** First bytes of an array file: "\x93NUMPY" and version 1.0. */
const MAGIC = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0);
/** Bytes of the header's length. */
const LENGTH_BYTES = 2;
/** Numbers begin at a multiple of this. */
const ALIGNMENT = 64;

/**
 * Name of the array in which samples say in JSON how they were made, as
 * artifacts say it: their configuration, recipe and inputs. Others pass it over.
 */
export const NPZ_MADE = "spherear";

/** An array of bytes in row-major order that comes in pieces. */
export interface ByteArrayPieces {
  readonly shape: readonly number[];
  /** All bytes in their order. */
  readonly pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

/**
 * Writes arrays of uint8 as NumPy's `np.savez` does: an archive of an entry
 * `NAME.npy` for each. `numpy.load` reads it, also past 4 GiB; a piece at a time
 * is in memory.
 *
 * @throws {RangeError} where the pieces are not as many bytes as the shape
 */
export async function writeNpz(
  file: AtomicFile,
  arrays: Readonly<Record<string, ByteArrayPieces>>,
): Promise<void> {
  const writer = new ZipWriter(file);
  try {
    for (const [name, array] of Object.entries(arrays)) {
      await writer.add(`${name}.npy`, arrayFile(array));
    }
    await writer.commit();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

/** The bytes of a `.npy` file. */
async function* arrayFile(
  { shape, pieces }: ByteArrayPieces,
): AsyncGenerator<Uint8Array> {
  yield arrayHeader(shape);
  const expected = shape.reduce((product, size) => product * size, 1);
  let bytes = 0;
  for await (const piece of pieces) {
    bytes += piece.length;
    yield piece;
  }
  if (bytes === expected) return;
  throw new RangeError(
    `Cannot write an array of ${expected} bytes: got ${bytes}`,
  );
}

function arrayHeader(shape: readonly number[]): Uint8Array {
  // As Python writes a tuple.
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const text =
    `{'descr': '|u1', 'fortran_order': False, 'shape': (${sizes}), }`;
  const start = MAGIC.length + LENGTH_BYTES;
  // A newline ends the header, blanks before it fill up.
  const bytes = Math.ceil((start + text.length + 1) / ALIGNMENT) * ALIGNMENT;
  const header = new Uint8Array(bytes).fill(0x20);
  header.set(MAGIC);
  const length = bytes - start;
  new DataView(header.buffer).setUint16(MAGIC.length, length, true);
  header.set(new TextEncoder().encode(text), start);
  header[bytes - 1] = 0x0a;
  return header;
}
