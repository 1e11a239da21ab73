import { UserError } from "../artifact/mod.ts";

/**
 * The Hub's own protocol for one file, a redirect whose headers say size and
 * SHA-256, is all that is needed of it. `@huggingface/hub` would not serve: a cut
 * download starts anew, nothing is checked against the digest, and other hosts
 * need a downloader beside it.
 */
export interface HubFile {
  /** Owner and repository, with a slash between; some have no owner. */
  readonly repository: string;
  /** A branch, tag or commit; slashes in it are `%2F`, as in addresses. */
  readonly revision: string;
  /** Parts of the path in the repository. */
  readonly path: readonly string[];
}

/** A part of a path that no file system and no program takes for something else. */
const PART = /^\w[\w.+=-]*$/;

/** A revision such as `refs%2Fpr%2F1`, whose parts are like those of paths. */
const REVISION = /^\w[\w.+=-]*(?:%2F\w[\w.+=-]*)*$/;

const FORM = "hf:OWNER/REPOSITORY[@REVISION]/PATH";

/**
 * Takes `hf:owner/repository@revision/path` apart; the revision is `main` unless
 * it is given.
 *
 * @throws {UserError} for anything else
 */
export function parseHubWord(word: string): HubFile {
  const [scheme, owner = "", named = "", ...path] = word.split(/[:/]/);
  const [repository = "", revision = "main", ...more] = named.split("@");
  const parts = [owner, repository, ...path];
  const isWhole = scheme === "hf" && word.startsWith("hf:") &&
    word.indexOf(":", 3) < 0 && path.length > 0 && more.length === 0;
  const areGood = parts.every((part) => PART.test(part));
  if (isWhole && areGood && REVISION.test(revision)) {
    return { repository: `${owner}/${repository}`, revision, path };
  }
  throw new UserError(`Cannot use "${word}": expected ${FORM}`);
}

/** Where a file of the Hub is, under the Hub's address. */
export function hubUrl(
  { repository, revision, path }: HubFile,
  endpoint: string,
): string {
  const parts = path.map(encodeURIComponent).join("/");
  return `${endpoint}/${repository}/resolve/${revision}/${parts}`;
}
