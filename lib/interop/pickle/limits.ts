/**
 * Limits of a pickle. The H model with its optimiser state has under 2 MB, some
 * 100,000 values, a memo of 40,000 and a stack of 2,000.
 */
export const PICKLE_LIMITS = {
  /** Bytes of the whole pickle. */
  pickleBytes: 32 * 1024 * 1024,
  /** Bytes of one text or byte string. */
  textBytes: 1024 * 1024,
  /** Bytes of one whole number. */
  integerBytes: 16,
  /** Values that are made, and bytes that calls make. */
  values: 8_000_000,
  /** Values on the stack. */
  stack: 100_000,
  /** Open marks. */
  marks: 256,
  /** Values in the memo. */
  memo: 2_000_000,
  /** Containers inside each other. */
  depth: 64,
} as const;
