import type { Kernel } from "../kernels/code.ts";
import type { Storage } from "../wgsl/storage.ts";
import { wordsIn } from "../wgsl/formats.ts";

/** Every place of temporary memory starts at a multiple of this: what bindings need. */
export const ALIGNMENT = 256;

/** Bytes of a storage: whole words, and none is too small to bind. */
export function bytesOf(storage: Storage): number {
  return 4 * Math.max(1, wordsIn(storage));
}

/** Where temporaries lie in one buffer that all share. */
export interface Arena {
  /** First byte of each temporary. */
  readonly offsets: ReadonlyMap<Storage, number>;
  readonly bytes: number;
}

interface Life {
  readonly storage: Storage;
  readonly bytes: number;
  readonly first: number;
  last: number;
}

/**
 * Lays temporaries into one buffer: those whose lives overlap side by side, the
 * others over each other.
 *
 * @param isTemporary whether a storage is needed within a run only
 * @param kept temporaries that are read after the last kernel
 */
export function layOutArena(
  kernels: readonly Kernel[],
  { isTemporary, kept }: {
    isTemporary(storage: Storage): boolean;
    kept: Iterable<Storage>;
  },
): Arena {
  const lives = livesOf(kernels, isTemporary);
  for (const storage of kept) {
    const life = lives.get(storage);
    if (life !== undefined) life.last = Infinity;
  }
  const placed: { life: Life; offset: number }[] = [];
  let bytes = 0;
  // Large ones first: small ones fit into the gaps between them.
  const order = [...lives.values()].sort((a, b) =>
    b.bytes - a.bytes || a.first - b.first
  );
  for (const life of order) {
    const offset = firstGap(life, placed);
    placed.push({ life, offset });
    bytes = Math.max(bytes, offset + life.bytes);
  }
  const offsets = new Map(
    placed.map(({ life, offset }) => [life.storage, offset]),
  );
  return { offsets, bytes };
}

function livesOf(
  kernels: readonly Kernel[],
  isTemporary: (storage: Storage) => boolean,
): Map<Storage, Life> {
  const lives = new Map<Storage, Life>();
  kernels.forEach(({ bindings }, i) => {
    for (const { storage } of bindings) {
      if (!isTemporary(storage)) continue;
      const life = lives.get(storage);
      if (life !== undefined) life.last = i;
      else {
        const bytes = Math.ceil(bytesOf(storage) / ALIGNMENT) * ALIGNMENT;
        lives.set(storage, { storage, bytes, first: i, last: i });
      }
    }
  });
  return lives;
}

/** The lowest offset at which nothing lies that lives at the same time. */
function firstGap(
  life: Life,
  placed: readonly { life: Life; offset: number }[],
): number {
  const neighbours = placed
    .filter(({ life: { first, last } }) =>
      first <= life.last && life.first <= last
    )
    .sort((a, b) => a.offset - b.offset);
  let offset = 0;
  for (const neighbour of neighbours) {
    if (offset + life.bytes <= neighbour.offset) break;
    offset = Math.max(offset, neighbour.offset + neighbour.life.bytes);
  }
  return offset;
}
