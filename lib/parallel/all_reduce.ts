import type { Collective } from "./collective.ts";

/**
 * Sums over ranks, in place: all ranks end with the same bytes.
 *
 * Each rank adds one slice, all ranks' in the order of `sumInTree`, so that
 * the sum depends on what ranks bring and on nothing that a library chooses.
 *
 * @param values f32; the same length everywhere
 */
export async function allReduce(
  collective: Collective,
  values: Float32Array,
): Promise<void> {
  const { rank, size } = collective;
  if (size === 1) return;
  const slices = evenSlices(values.length, size).map(([from, to]) =>
    values.subarray(from, to)
  );
  const own = slices[rank]!;
  const terms = Array.from({ length: size }, () => own.slice());
  await collective.exchange(slices.map(bytesOf), terms.map(bytesOf));
  own.set(sumInTree(terms));
  await collective.gather(bytesOf(own), slices.map(bytesOf));
}

/**
 * The sum of terms of one length, in the first of them; others are spoiled.
 *
 * Neighbours are added, then neighbouring pairs, and so on: of 2^k terms, each
 * aligned group of 2^j is a sum of its own, whoever adds it.
 */
export function sumInTree(terms: readonly Float32Array[]): Float32Array {
  for (let step = 1; step < terms.length; step *= 2) {
    for (let i = 0; i + step < terms.length; i += 2 * step) {
      addInto(terms[i]!, terms[i + step]!);
    }
  }
  return terms[0]!;
}

/** Cuts `[0, length)` in `count` neighbours whose lengths differ by one at most. */
export function evenSlices(
  length: number,
  count: number,
): readonly (readonly [from: number, to: number])[] {
  return Array.from({ length: count }, (_, i) => [
    Math.floor(length * i / count),
    Math.floor(length * (i + 1) / count),
  ]);
}

/** The bytes that an array looks at, without a copy. */
export function bytesOf(
  { buffer, byteOffset, byteLength }: Float32Array,
): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function addInto(sum: Float32Array, term: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += term[i]!;
}
