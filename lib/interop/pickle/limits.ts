/**
 * Limits of a pickle. A tensor takes some 110 bytes, 22 values and 8 places of the
 * memo; the H model with averaged weights and optimiser state has some 3,000
 * tensors. Values take up to about 200 bytes each.
 */
export const PICKLE_LIMITS = {
  /** Bytes of the whole pickle. */
  pickleBytes: 16 * 1024 * 1024,
  /** Bytes of one text or byte string. */
  textBytes: 1024 * 1024,
  /** Bytes of one whole number. */
  integerBytes: 16,
  /** Values that are made, and bytes that calls make. */
  values: 1_000_000,
  /** Values on the stack. */
  stack: 100_000,
  /** Open marks. */
  marks: 256,
  /** Values in the memo. */
  memo: 1_000_000,
  /** Containers inside each other. */
  depth: 64,
} as const;
