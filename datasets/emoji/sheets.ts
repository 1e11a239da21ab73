import { join } from "node:path";
import { digestBytes } from "../../lib/artifact/mod.ts";
import {
  cut,
  decodeRgba,
  onWhite,
  type Picture,
  WHITE,
} from "../../lib/image/mod.ts";
import type {
  Dataset,
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
  type Vendor,
  VENDORS,
} from "./entries.ts";
import { packageFolder } from "./package_folder.ts";
import { splitEntries } from "../split.ts";
import { readPicture, refuseEnlarging, squareOf } from "../pictures.ts";

const PIXELS = 32;
const CELL = PIXELS + 2;

/**
 * Google's and Twitter's emoji of 32 pixels in ten classes, on white.
 *
 * They come in two sheets with the npm package emoji-datasource (28 MB).
 *
 * @throws {UserError} when the package cannot be fetched
 */
export async function openEmoji(
  { heldout: share, splitBy }: OpenOptions,
): Promise<Dataset> {
  const folder = await packageFolder("emoji-datasource");
  const sheets = await readSheets(folder);
  const contentOf = (entry: EmojiEntry) =>
    Promise.resolve(digestBytes(cellOf(sheets, entry).data));
  const entries = await splitEntries(await emojiEntries(folder), {
    share,
    ...splitBy === "content" && { contentOf },
  });
  const name = `emoji-datasource@${EMOJI_VERSION}`;
  async function* load(
    { split, size, signal }: LoadOptions,
  ): AsyncGenerator<LabelledPicture> {
    const hint = "use the dataset emoji64";
    refuseEnlarging(size, { own: PIXELS, name: "emoji", hint });
    for (const entry of entries) {
      if (entry.split !== split) continue;
      signal?.throwIfAborted();
      const own = cellOf(sheets, entry);
      const { id, label } = entry;
      yield { id, label, split, picture: squareOf(own, { name: id, size }) };
    }
  }
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

type Sheets = Readonly<Record<Vendor, Picture<4>>>;

async function readSheets(folder: string): Promise<Sheets> {
  const sheets = await Promise.all(VENDORS.map(async (vendor) => {
    const path = join(folder, "img", vendor, "sheets", `${PIXELS}.png`);
    return [vendor, await readPicture(path, decodeRgba)] as const;
  }));
  return Object.fromEntries(sheets) as Record<Vendor, Picture<4>>;
}

/** A picture of a sheet, whose cells have a border of one pixel. */
function cellOf(sheets: Sheets, { vendor, emoji }: EmojiEntry): Picture {
  const left = emoji.sheet_x * CELL + 1;
  const top = emoji.sheet_y * CELL + 1;
  const place = { left, top, width: PIXELS, height: PIXELS };
  return onWhite(cut(sheets[vendor], place));
}
