import { join } from "node:path";
import { UserError } from "../artifact/mod.ts";
import {
  HUB_PREFIX,
  isOfficialName,
  OFFICIAL,
  OFFICIAL_NAMES,
  type OfficialFile,
} from "../official/mod.ts";
import { hubUrl, parseHubWord } from "./hub.ts";

/** A file of others: where it is, and where it is kept. */
export interface RemoteFile {
  /** What people say to get it. */
  readonly word: string;
  /** What it is called in messages: the word, and which file of it. */
  readonly name: string;
  /** The file's own name. */
  readonly file: string;
  /** Where it is kept, in the folder of all that are. */
  readonly place: string;
  readonly url: string;
  /** Its size, where the table has it. */
  readonly bytes?: number | undefined;
  /** Its SHA-256, where the table has it. */
  readonly sha256?: string | undefined;
}

/**
 * The files that a word stands for: several for some official names, one of the
 * Hub's for `hf:OWNER/REPOSITORY/PATH`.
 *
 * @param endpoint address of the Hub
 * @throws {UserError} for any other word
 */
export function remoteFiles(
  word: string,
  endpoint: string,
): readonly RemoteFile[] {
  if (word.startsWith(HUB_PREFIX)) return [hubFile(word, endpoint)];
  if (isOfficialName(word)) {
    const files: readonly OfficialFile[] = OFFICIAL[word].files;
    return files.map(({ file, from, bytes, sha256 }) => ({
      word,
      name: `${word}/${file}`,
      file,
      place: join(word, file),
      url: from.startsWith(HUB_PREFIX)
        ? hubUrl(parseHubWord(from), endpoint)
        : from,
      bytes,
      sha256,
    }));
  }
  throw new UserError(
    `Cannot fetch "${word}": expected hf:OWNER/REPOSITORY/PATH or one of ` +
      OFFICIAL_NAMES.join(", "),
  );
}

function hubFile(word: string, endpoint: string): RemoteFile {
  const hub = parseHubWord(word);
  const { repository, revision, path } = hub;
  return {
    word,
    name: word,
    file: path.at(-1)!,
    place: join("hub", repository, revision, ...path),
    url: hubUrl(hub, endpoint),
  };
}
