import { emojiSize } from "../emoji/classes.ts";
import { EMOJI_VERSION } from "../emoji/entries.ts";
import type { DatasetKind } from "../kind.ts";

/** The emoji of `emoji` with 64 pixels, a file each. */
export const EMOJI64: DatasetKind = {
  name: "emoji64",
  help: "64 px",
  opening: "fetches",
  store: "pixels",
  async open(options) {
    const { openEmoji64 } = await import("../emoji/files.ts");
    return await openEmoji64(options);
  },
  size: () => Promise.resolve(emojiSize()),
  fingerprint: () => Promise.resolve(`emoji64 ${EMOJI_VERSION}`),
};
