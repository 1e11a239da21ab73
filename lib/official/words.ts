import { isOfficialName } from "./table.ts";

/** What begins a word for a file on the Hub. */
export const HUB_PREFIX = "hf:";

/**
 * Whether a word stands for a file of others, not for a path: the name of an
 * official file, or `hf:OWNER/REPOSITORY/PATH`. A path of the same name is
 * written `./NAME`.
 */
export function isRemoteWord(word: string): boolean {
  return word.startsWith(HUB_PREFIX) || isOfficialName(word);
}
