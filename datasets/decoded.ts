import { digestBytes, UserError } from "../lib/artifact/mod.ts";
import {
  checkPictureFile,
  decodeRgb,
  freePicture,
  type Picture,
} from "../lib/image/mod.ts";
import type {
  Dataset,
  LabelledPicture,
  LoadOptions,
  OpenOptions,
} from "./dataset.ts";
import type { EncodedPictures } from "./encoded.ts";
import { inOrder } from "./in_order.ts";
import { clearly, squareOf } from "./pictures.ts";
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
  const broken = skipBroken ? await brokenIn(encoded, all) : new Set();
  const left = all.filter(({ id }) => !broken.has(id));
  const entries = await splitEntries(left, {
    share,
    ...splitBy === "content" && { contentOf: contentsOf(encoded) },
  });
  async function read(
    { id, label, split, index }: typeof entries[number],
    size: number,
  ): Promise<LabelledPicture> {
    const whole = await decoded(encoded, index);
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
  const skipped = describeSkipped(encoded.skipped, broken.size);
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

async function decoded(
  encoded: EncodedPictures,
  index: number,
): Promise<Picture> {
  const name = encoded.title(index);
  const place = encoded.place(index);
  return await clearly(name, async () => {
    // A huge one with a file of its own is refused before it is read.
    if (place?.offset === 0) await checkPictureFile(place.file, { name });
    return await decodeRgb(await encoded.bytes(index), { name });
  });
}

/** Pictures that cannot be read, by their ids. */
async function brokenIn(
  encoded: EncodedPictures,
  entries: readonly IndexedEntry[],
): Promise<ReadonlySet<string>> {
  const broken = new Set<string>();
  async function test({ id, index }: IndexedEntry): Promise<void> {
    try {
      freePicture(await decoded(encoded, index));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      broken.add(id);
    }
  }
  for await (const _ of inOrder(entries, test));
  return broken;
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

function describeSkipped(
  skipped: string | undefined,
  broken: number,
): string | undefined {
  if (broken === 0) return skipped;
  const words = `${broken} broken ${broken === 1 ? "picture" : "pictures"}`;
  return skipped === undefined ? words : `${skipped}; ${words}`;
}
