/** Multipliers and key increments of Philox4x32 (Salmon et al. 2011, table 2). */
const MULTIPLIER_0 = 0xD2511F53;
const MULTIPLIER_1 = 0xCD9E8D57;
const INCREMENT_0 = 0x9E3779B9;
const INCREMENT_1 = 0xBB67AE85;
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
  let [k0, k1] = key;
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = highWord(MULTIPLIER_0, c0);
    const high1 = highWord(MULTIPLIER_1, c2);
    const low0 = Math.imul(MULTIPLIER_0, c0);
    c0 = high1 ^ c1 ^ k0;
    c1 = Math.imul(MULTIPLIER_1, c2);
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + INCREMENT_0) | 0;
    k1 = (k1 + INCREMENT_1) | 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/** Upper 32 bits of a product of two 32-bit words, from 16-bit halves. */
function highWord(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const cross = aHigh * bLow + ((aLow * bLow) >>> 16);
  const middle = aLow * bHigh + (cross & 0xffff);
  // Sums stay below 2^33: exact in a double, with their carries.
  return (aHigh * bHigh + (cross - (cross & 0xffff)) / 65536 +
    Math.floor(middle / 65536)) | 0;
}
