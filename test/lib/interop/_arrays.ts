import { bytesOf, joined, little, type TestEntry, zipOf } from "./_archives.ts";

/** An array as a file of NumPy's. */
export interface TestArray {
  readonly descr: "|u1" | "<f4" | "<f8" | "<i8";
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/** The bytes of an array file. */
export function npyOf(
  { descr, shape, data }: TestArray,
): Uint8Array<ArrayBuffer> {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const header = bytesOf(
    `{'descr': '${descr}', 'fortran_order': False, 'shape': (${sizes}), }\n`,
  );
  const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0];
  const numbers = {
    "|u1": () => Uint8Array.from(data),
    "<f4": () => Float32Array.from(data),
    "<f8": () => Float64Array.from(data),
    "<i8": () => BigInt64Array.from(Array.from(data, BigInt)),
  }[descr]();
  const bytes = new Uint8Array(numbers.buffer);
  return joined(magic, little(header.length, 2), header, bytes);
}

/** The bytes of an archive of arrays, stored as they are. */
export function npzOf(
  arrays: Readonly<Record<string, TestArray>>,
): Uint8Array<ArrayBuffer> {
  const entries = Object.entries(arrays).map(([name, array]): TestEntry => ({
    name: `${name}.npy`,
    data: npyOf(array),
  }));
  return zipOf(entries);
}
