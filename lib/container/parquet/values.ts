import { demand } from "./defect.ts";

/** A value of a column: a number, or bytes. */
export type ParquetValue = number | Uint8Array;

type ReadValues = (bytes: Uint8Array, count: number) => ParquetValue[];

/** How values of each type stand one after another. */
const PLAIN: Readonly<Record<string, ReadValues>> = {
  INT32: numbers(4, (view, at) => view.getInt32(at, true)),
  INT64: numbers(8, (view, at) => Number(view.getBigInt64(at, true))),
  BYTE_ARRAY(bytes, count) {
    const view = viewOf(bytes);
    const values: Uint8Array[] = [];
    for (let at = 0; values.length < count;) {
      demand(at + 4 <= bytes.length, "values are cut short");
      const end = at + 4 + view.getUint32(at, true);
      demand(end <= bytes.length, "a value passes the end of its page");
      values.push(bytes.subarray(at + 4, end));
      at = end;
    }
    return values;
  },
};

/** Types of columns that are read. */
export const VALUE_TYPES = Object.keys(PLAIN);

/**
 * Values that stand one after another.
 *
 * @throws {ParquetDefect} when the bytes hold fewer
 */
export function plainValues(
  bytes: Uint8Array,
  { type, count }: { readonly type: string; readonly count: number },
): ParquetValue[] {
  demand(
    Object.hasOwn(PLAIN, type),
    `expected a column of ${VALUE_TYPES.join(", ")}, found ${type}`,
  );
  return PLAIN[type]!(bytes, count);
}

function numbers(
  size: number,
  read: (view: DataView, at: number) => number,
): ReadValues {
  return (bytes, count) => {
    demand(count * size <= bytes.length, "values are cut short");
    const view = viewOf(bytes);
    return Array.from({ length: count }, (_, i) => read(view, i * size));
  };
}

/** A view of bytes, wherever they lie in their buffer. */
export function viewOf(
  { buffer, byteOffset, byteLength }: Uint8Array,
): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
