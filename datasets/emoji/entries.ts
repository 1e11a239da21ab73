import { join } from "node:path";
import { z } from "zod";
import { readTextFile, UserError } from "../../lib/artifact/mod.ts";
import { EMOJI_CLASSES, emojiLabel, type EmojiRecord } from "./classes.ts";
import type { UnsplitEntry } from "../split.ts";

/** The vendors whose pictures may be used, in the order of the entries. */
export const VENDORS = ["google", "twitter"] as const;

/** Version of the packages; the default one stands in deno.json too. */
export const EMOJI_VERSION = "16.0.0";

/** Name of a vendor. */
export type Vendor = typeof VENDORS[number];

/** Whose the pictures are; the packages' own licence covers only their code. */
export const EMOJI_LICENCES = [
  "Noto Emoji pictures: Google, Apache License 2.0",
  "Twemoji pictures: Twitter and contributors, CC BY 4.0",
  "emoji-datasource, names and sheets: Cal Henderson, MIT License",
] as const;

/** One vendor's picture of an emoji. */
export interface EmojiEntry extends UnsplitEntry {
  readonly emoji: EmojiRecord;
  readonly vendor: Vendor;
}

const RECORDS = z.array(z.object({
  name: z.string().nullable().transform((name) => name ?? ""),
  unified: z.string().regex(/^[0-9A-F]+(-[0-9A-F]+)*$/),
  image: z.string().regex(/^[0-9a-f-]+\.png$/),
  sheet_x: z.int().min(0),
  sheet_y: z.int().min(0),
  short_names: z.array(z.string()),
  category: z.string(),
  subcategory: z.string(),
  has_img_google: z.boolean(),
  has_img_twitter: z.boolean(),
}));

/**
 * Every picture of the ten classes, by class, codepoint and vendor.
 *
 * The codepoint is the key: both vendors' pictures of one emoji are too alike
 * to stand in two splits.
 *
 * @param folder the folder of the package that holds `emoji.json`
 * @throws {UserError} when the file cannot be read or has another form
 */
export async function emojiEntries(folder: string): Promise<EmojiEntry[]> {
  const records = await readRecords(join(folder, "emoji.json"));
  const entries: EmojiEntry[] = [];
  for (const label of EMOJI_CLASSES.keys()) {
    const members = records.filter((emoji) => emojiLabel(emoji) === label);
    members.sort((a, b) => (a.unified < b.unified ? -1 : 1));
    for (const emoji of members) {
      for (const vendor of VENDORS) {
        if (!emoji[`has_img_${vendor}`]) continue;
        const id = `${vendor}/${emoji.unified}`;
        entries.push({ id, label, key: emoji.unified, emoji, vendor });
      }
    }
  }
  return entries;
}

async function readRecords(path: string): Promise<EmojiRecord[]> {
  const text = await readTextFile(path);
  try {
    return RECORDS.parse(JSON.parse(text));
  } catch (error) {
    throw new UserError(
      `Cannot read "${path}": it is not the list of emoji that was expected`,
      { cause: error },
    );
  }
}
