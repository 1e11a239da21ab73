import { digestBytes } from "../lib/artifact/mod.ts";

/**
 * The keys that are held out of a class: those with the smallest SHA-256.
 *
 * A share of the class, rounded to the nearest, halves to the even number; the
 * choice depends on the keys alone, not on their order or the machine.
 */
export function heldOutKeys(
  keys: Iterable<string>,
  share: number,
): ReadonlySet<string> {
  const byDigest = [...new Set(keys)].map((key) => ({
    key,
    digest: digestBytes(key),
  }));
  byDigest.sort((a, b) => (a.digest < b.digest ? -1 : 1));
  const count = roundHalfEven(byDigest.length * share);
  return new Set(byDigest.slice(0, count).map(({ key }) => key));
}

function roundHalfEven(x: number): number {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.round(x);
  return below % 2 === 0 ? below : below + 1;
}
