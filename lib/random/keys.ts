/** A seed: a whole number from 0 to 2^64 - 1. */
export type Seed = number | bigint;

const SEED_LIMIT = 1n << 64n;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * The key words of a seed, low word first.
 *
 * @throws {RangeError} when it is no whole number from 0 to 2^64 - 1
 */
export function seedWords(seed: Seed): [number, number] {
  const whole = typeof seed === "bigint" || Number.isSafeInteger(seed);
  const value = whole ? BigInt(seed) : -1n;
  if (value < 0n || value >= SEED_LIMIT) {
    throw new RangeError(
      `Cannot use seed ${seed}: expected a whole number from 0 to 2^64 - 1 ` +
        `(as a bigint past 2^53)`,
    );
  }
  return [Number(value & 0xffffffffn), Number(value >> 32n)];
}

/**
 * The counter word of a stream's name: FNV-1a, 32 bits, over its UTF-8 bytes.
 *
 * The word is part of every artifact's meaning; it must never change.
 */
export function streamWord(name: string): number {
  let hash = FNV_OFFSET;
  for (const byte of new TextEncoder().encode(name)) {
    hash = Math.imul(hash ^ byte, FNV_PRIME);
  }
  return hash >>> 0;
}
