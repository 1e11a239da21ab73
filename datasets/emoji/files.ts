import { join } from "node:path";
import { digestFile } from "../../lib/artifact/mod.ts";
import { decodeRgba, onWhite, WHITE } from "../../lib/image/mod.ts";
import type {
  Dataset,
  DatasetEntry,
  LabelledPicture,
  LoadOptions,
  OpenOptions,
} from "../dataset.ts";
import { EMOJI_CLASSES } from "./classes.ts";
import {
  EMOJI_LICENCES,
  EMOJI_VERSION,
  emojiEntries,
  type EmojiEntry,
  VENDORS,
} from "./entries.ts";
import { inOrder } from "../in_order.ts";
import { packageFolder } from "./package_folder.ts";
import { splitEntries } from "../split.ts";
import { readPicture, refuseEnlarging, squareOf } from "../pictures.ts";

const PIXELS = 64;

/**
 * The classes and split of `emoji` with pictures of 64 pixels.
 *
 * They come with the two vendor packages (150 MB), fetched at the first use.
 *
 * @throws {UserError} when a package cannot be fetched
 */
export async function openEmoji64(
  { heldout: share, splitBy }: OpenOptions,
): Promise<Dataset> {
  const folders: Record<string, string> = {};
  for (const vendor of VENDORS) {
    const specifier = `npm:emoji-datasource-${vendor}@${EMOJI_VERSION}`;
    folders[vendor] = await packageFolder(specifier);
  }
  const pathOf = ({ vendor, emoji }: EmojiEntry) =>
    join(folders[vendor]!, "img", vendor, "64", emoji.image);
  const entries = await splitEntries(await emojiEntries(folders["google"]!), {
    share,
    ...splitBy === "content" && {
      contentOf: (entry) => digestFile(pathOf(entry)),
    },
  });
  async function read(
    entry: EmojiEntry & DatasetEntry,
    size: number,
  ): Promise<LabelledPicture> {
    const { id, label, split } = entry;
    const own = onWhite(await readPicture(pathOf(entry), decodeRgba));
    return { id, label, split, picture: squareOf(own, { name: id, size }) };
  }
  async function* load(
    { split, size, signal }: LoadOptions,
  ): AsyncGenerator<LabelledPicture> {
    const hint = "use larger pictures by folder:PATH";
    refuseEnlarging(size, { own: PIXELS, name: "emoji64", hint });
    const wanted = entries.filter((entry) => entry.split === split);
    for await (const item of inOrder(wanted, (entry) => read(entry, size))) {
      signal?.throwIfAborted();
      yield item;
    }
  }
  const name = VENDORS.map((vendor) =>
    `emoji-datasource-${vendor}@${EMOJI_VERSION}`
  )
    .join(" + ");
  const classes = EMOJI_CLASSES.map(({ name, flips }) => ({ name, flips }));
  return {
    name,
    classes,
    licences: EMOJI_LICENCES,
    background: WHITE,
    entries,
    load,
  };
}
