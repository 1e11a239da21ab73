import { emojiSize } from "../emoji/classes.ts";
import { EMOJI_VERSION } from "../emoji/entries.ts";
import type { DatasetKind } from "../kind.ts";

/** Google's and Twitter's emoji of 32 pixels, cut out of two sheets. */
export const EMOJI: DatasetKind = {
  name: "emoji",
  help: "32 px",
  opening: "fetches",
  store: "pixels",
  async open(options) {
    const { openEmoji } = await import("../emoji/sheets.ts");
    return await openEmoji(options);
  },
  size: () => Promise.resolve(emojiSize()),
  fingerprint: () => Promise.resolve(`emoji ${EMOJI_VERSION}`),
};
