import type { Collective } from "./collective.ts";
import type { Pieces } from "./pieces.ts";

/** Where slices of other ranks arrive: fresh memory costs more than the sums. */
const arrivals = new WeakMap<Collective, Float32Array<ArrayBuffer>>();

/**
 * Sums over ranks, in place: all ranks end with the same bytes.
 *
 * Each rank adds one slice, all ranks' in the order of `sumInTree`, so that
 * the sum depends on what ranks bring and on nothing that a library chooses.
 * Of one collective, a call ends before the next begins.
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
  const room = roomFor(collective, own.length * (size - 1));
  let used = 0;
  const terms = slices.map((_, q) =>
    q === rank ? own : room.subarray(used, used += own.length)
  );
  await collective.exchange(slices.map(pieceOf), terms.map(pieceOf));
  sumInTree(terms, own);
  await collective.gather(bytesOf(own), slices.map(bytesOf));
}

function pieceOf(values: Float32Array): Pieces {
  return [bytesOf(values)];
}

function roomFor(collective: Collective, length: number): Float32Array {
  const known = arrivals.get(collective);
  if (known !== undefined && known.length >= length) return known;
  const room = new Float32Array(length);
  arrivals.set(collective, room);
  return room;
}

/**
 * The sum of terms of one length; the terms are spoiled.
 *
 * Neighbours are added, then neighbouring pairs, and so on: of 2^k terms, each
 * aligned group of 2^j is a sum of its own, whoever adds it.
 *
 * @param into where the sum goes: the first term unless given
 */
export function sumInTree(
  terms: readonly Float32Array[],
  into: Float32Array = terms[0]!,
): Float32Array {
  if (terms.length === 1 && into !== terms[0]) into.set(terms[0]!);
  for (let step = 1; step < terms.length; step *= 2) {
    const isLast = 2 * step >= terms.length;
    for (let i = 0; i + step < terms.length; i += 2 * step) {
      add(terms[i]!, terms[i + step]!, isLast ? into : terms[i]!);
    }
  }
  return into;
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

function add(a: Float32Array, b: Float32Array, sum: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i] = a[i]! + b[i]!;
}
