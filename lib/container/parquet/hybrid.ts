import { demand } from "./defect.ts";

/**
 * Numbers in parquet's hybrid of runs and packed bits.
 *
 * @param width bits of a number, 0 to 32
 * @param count how many are wanted; more are never made
 * @throws {ParquetDefect} when the bytes hold fewer
 */
export function decodeHybrid(
  bytes: Uint8Array,
  { width, count }: { readonly width: number; readonly count: number },
): Uint32Array {
  const values = new Uint32Array(count);
  if (width === 0) return values;
  demand(width <= 32, `expected at most 32 bits of a number, found ${width}`);
  const cut = "a list of numbers is cut short";
  const runBytes = Math.ceil(width / 8);
  let at = 0;
  for (let seen = 0; seen < count;) {
    const header = varint(bytes, at);
    at = header.end;
    const size = Math.floor(header.value / 2);
    demand(size > 0, "a run of numbers is empty");
    if (header.value % 2 === 0) {
      demand(at + runBytes <= bytes.length, cut);
      let value = 0;
      for (let i = runBytes - 1; i >= 0; i--) {
        value = value * 256 + bytes[at + i]!;
      }
      const end = Math.min(seen + size, count);
      values.fill(value, seen, end);
      seen = end;
      at += runBytes;
    } else {
      // Eight numbers are as many bytes as one has bits.
      demand(at + size * width <= bytes.length, cut);
      const packed = { bytes, at, width };
      const end = Math.min(seen + size * 8, count);
      for (let i = 0; seen < end; i++) values[seen++] = packedAt(packed, i);
      at += size * width;
    }
  }
  return values;
}

/** One of the numbers that are packed from their lowest bits on. */
function packedAt(
  { bytes, at, width }: {
    readonly bytes: Uint8Array;
    readonly at: number;
    readonly width: number;
  },
  index: number,
): number {
  let value = 0;
  for (let bit = 0; bit < width; bit++) {
    const place = index * width + bit;
    const byte = bytes[at + (place >>> 3)]!;
    if ((byte >>> (place & 7)) & 1) value += 2 ** bit;
  }
  return value;
}

function varint(bytes: Uint8Array, at: number): { value: number; end: number } {
  let value = 0;
  for (let i = 0; i < 5; i++) {
    const byte = bytes[at + i];
    demand(byte !== undefined, "a list of numbers is cut short");
    value += (byte & 0x7f) * 128 ** i;
    if (byte < 0x80) return { value, end: at + i + 1 };
  }
  demand(false, "a run of numbers has no length");
}
