/** Multipliers of Philox4x32 (Salmon et al. 2011, table 2) in 16-bit halves. */
const M0 = 0xD2511F53;
const M0_LOW = M0 & 0xFFFF;
const M0_HIGH = M0 >>> 16;
const M1 = 0xCD9E8D57;
const M1_LOW = M1 & 0xFFFF;
const M1_HIGH = M1 >>> 16;

/** Key increments: the golden ratio and sqrt(3) - 1. */
const W0 = 0x9E3779B9;
const W1 = 0xBB67AE85;

const ROUNDS = 10;

/** What Philox maps to four random words, each a whole number below 2^32. */
export interface PhiloxCounter {
  /** Counter words. */
  readonly counter: readonly [number, number, number, number];
  /** Key words. */
  readonly key: readonly [number, number];
}

/**
 * Writes the Philox4x32-10 block of a counter and a key into `out`.
 *
 * Source: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as
 * 1, 2, 3", SC 2011.
 */
export function philox(
  { counter, key }: PhiloxCounter,
  out: Uint32Array,
): void {
  let [c0, c1, c2, c3] = counter;
  let k0 = key[0] | 0;
  let k1 = key[1] | 0;
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = highWord(c0, M0_LOW, M0_HIGH);
    const high1 = highWord(c2, M1_LOW, M1_HIGH);
    const low0 = Math.imul(c0, M0);
    c0 = high1 ^ c1 ^ k0;
    c1 = Math.imul(c2, M1);
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + W0) | 0;
    k1 = (k1 + W1) | 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/** High word of the 64-bit product of two words, the second in 16-bit halves. */
function highWord(a: number, low: number, high: number): number {
  const a0 = a & 0xFFFF;
  const a1 = a >>> 16;
  // None of these sums passes 2^32 - 1, so that shifts see all of their bits.
  const middle = a1 * low + ((a0 * low) >>> 16);
  const carry = a0 * high + (middle & 0xFFFF);
  return (a1 * high + (middle >>> 16) + (carry >>> 16)) | 0;
}
