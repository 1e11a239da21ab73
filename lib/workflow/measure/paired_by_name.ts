import { UserError } from "../../artifact/mod.ts";
import type { PixelSource } from "../features/mod.ts";

/** Images of pairs; who opened them closes them. */
export type PairImages = Omit<PixelSource, typeof Symbol.dispose>;

/**
 * Originals in the order of their images: where both are pictures with names,
 * those of one name apart from its extension belong together; all others are in
 * one order as they are.
 *
 * @throws {UserError} where a name has no original, or several
 */
export function pairedByName(
  images: PairImages,
  originals: PairImages,
): PairImages {
  const { named } = originals;
  if (images.named === undefined || named === undefined) return originals;
  const rows = new Map<string, number>();
  for (let row = 0; row < originals.count; row++) {
    const stem = stemOf(named.id(row));
    if (rows.has(stem)) throw twice(originals, stem);
    rows.set(stem, row);
  }
  const order = new Uint32Array(images.count);
  const seen = new Set<string>();
  for (let row = 0; row < images.count; row++) {
    const stem = stemOf(images.named.id(row));
    const found = rows.get(stem);
    if (found === undefined) {
      throw new UserError(
        `Cannot compare "${images.name}" with "${originals.name}": no picture ` +
          `of the reference is called as ${JSON.stringify(stem)} is`,
      );
    }
    if (seen.has(stem)) throw twice(images, stem);
    seen.add(stem);
    order[row] = found;
  }
  return {
    ...originals,
    read: ({ start, count }) =>
      named.read(Array.from(order.subarray(start, start + count))),
  };
}

function twice({ name }: PairImages, stem: string): UserError {
  return new UserError(
    `Cannot compare pictures of "${name}" by their names: several are called ` +
      JSON.stringify(stem),
  );
}

/** The name of a picture without its extension. */
function stemOf(id: string): string {
  return id.replace(/\.[^./]*$/, "");
}
