import { digestBytes } from "../../artifact/mod.ts";
import type { HostTensor } from "../../tensor/mod.ts";

/** Rows that an earlier row equals. */
export interface EqualRows {
  readonly count: number;
  /** The first of them with the row that it equals. */
  readonly first?: readonly [earlier: number, later: number];
}

/** Finds the rows of a matrix that are copies of others, to the last bit. */
export function equalRows({ shape, data }: HostTensor): EqualRows {
  const [rows = 0, width = 0] = shape;
  const rowBytes = width * data.BYTES_PER_ELEMENT;
  const seen = new Map<string, number>();
  let first: EqualRows["first"];
  for (let row = 0; row < rows; row++) {
    const at = data.byteOffset + row * rowBytes;
    const key = digestBytes(new Uint8Array(data.buffer, at, rowBytes));
    const earlier = seen.get(key);
    if (earlier === undefined) seen.set(key, row);
    else first ??= [earlier, row];
  }
  return { count: rows - seen.size, ...first && { first } };
}
