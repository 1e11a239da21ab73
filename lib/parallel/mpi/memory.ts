/** Bytes in this process that MPI reads or fills: an address, and how many. */
export interface Memory {
  readonly address: bigint;
  readonly bytes: number;
}

/** No bytes at all. */
export const NOTHING: Memory = { address: 0n, bytes: 0 };

/**
 * Where an array's bytes are. Small arrays lie where they may be moved, until
 * somebody asks for their buffer.
 */
export function memoryOf(array: Uint8Array): Memory {
  if (array.length === 0) return NOTHING;
  const { buffer, byteOffset } = array;
  const start = Deno.UnsafePointer.of(new Uint8Array(buffer));
  const address = Deno.UnsafePointer.value(start) + BigInt(byteOffset);
  return { address, bytes: array.length };
}
