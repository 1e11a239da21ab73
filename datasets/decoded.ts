import { digestBytes } from "../lib/artifact/mod.ts";
import { freePicture } from "../lib/image/mod.ts";
import { brokenPictures, skippedText } from "./broken.ts";
import type {
  Dataset,
  LabelledPicture,
  LoadOptions,
  OpenOptions,
} from "./dataset.ts";
import { decodeEncoded } from "./decode_encoded.ts";
import type { EncodedPictures } from "./encoded.ts";
import { inOrder } from "./in_order.ts";
import { squareOf } from "./pictures.ts";
import { splitEntries, type UnsplitEntry } from "./split.ts";

/** An entry that knows which of the encoded pictures it is. */
interface IndexedEntry extends UnsplitEntry {
  readonly index: number;
}

/**
 * Encoded pictures as a dataset that decodes them, split as options say. Every
 * entry is an object, so this is for sets that fit in memory.
 *
 * @throws {UserError} when a picture cannot be read for comparing it
 */
export async function decodedDataset(
  encoded: EncodedPictures,
  { heldout: share, splitBy, skipBroken = false }: OpenOptions,
): Promise<Dataset> {
  const all = Array.from({ length: encoded.count }, (_, index) => {
    const id = encoded.id(index);
    return { id, key: id, label: encoded.label(index), index };
  });
  const broken = skipBroken ? await brokenPictures(encoded) : new Set<number>();
  const left = all.filter(({ index }) => !broken.has(index));
  const entries = await splitEntries(left, {
    share,
    ...splitBy === "content" && { contentOf: contentsOf(encoded) },
  });
  async function read(
    { id, label, split, index }: typeof entries[number],
    size: number,
  ): Promise<LabelledPicture> {
    const whole = await decodeEncoded(encoded, index);
    const picture = squareOf(whole, { name: encoded.title(index), size });
    freePicture(whole);
    return { id, label, split, picture };
  }
  async function* load(
    { split, size, signal }: LoadOptions,
  ): AsyncGenerator<LabelledPicture> {
    const wanted = entries.filter((entry) => entry.split === split);
    for await (const item of inOrder(wanted, (entry) => read(entry, size))) {
      signal?.throwIfAborted();
      yield item;
    }
  }
  const skipped = skippedText(encoded, broken);
  return {
    name: encoded.name,
    classes: encoded.classes,
    licences: encoded.licences,
    entries,
    load,
    close: () => encoded.close(),
    ...(skipped !== undefined && { skipped }),
  };
}

/**
 * What tells equal pictures apart from others: only those that share their
 * size with another one are read, where sizes are known.
 */
function contentsOf(
  encoded: EncodedPictures,
): (entry: IndexedEntry) => Promise<string> {
  const sizes = new Map<number, number>();
  for (let index = 0; index < encoded.count; index++) {
    const place = encoded.place(index);
    if (place === undefined) continue;
    sizes.set(place.length, (sizes.get(place.length) ?? 0) + 1);
  }
  return async ({ id, index }) => {
    const place = encoded.place(index);
    if (place !== undefined && sizes.get(place.length) === 1) return id;
    return digestBytes(await encoded.bytes(index));
  };
}
