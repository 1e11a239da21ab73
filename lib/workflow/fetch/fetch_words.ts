import { join } from "node:path";
import { digestFile, exists, UserError } from "../../artifact/mod.ts";
import {
  byteText,
  type CommandContext,
  type FetchedFile,
  type FetchOptions,
} from "../../pipeline/mod.ts";
import { copyChecked } from "../../remote/mod.ts";

/** The surroundings of the command. */
type FetchTools = Pick<CommandContext, "remoteFiles" | "progress" | "signal">;

/** What a person asks for besides the words. */
interface FetchRequest extends FetchOptions {
  /** A folder that gets a copy of every file. */
  readonly to?: string | undefined;
}

/**
 * Gets the files of some words, and leaves copies of them in a folder where that
 * is asked for.
 *
 * @throws {UserError} where one cannot be had
 */
export async function fetchWords(
  words: readonly string[],
  { remoteFiles, to, ...options }: FetchTools & FetchRequest,
): Promise<readonly FetchedFile[]> {
  const { from, force = false, progress, signal } = options;
  const files = await remoteFiles();
  await refuseOneForMany(words, { from, remoteFiles });
  const fetched: FetchedFile[] = [];
  for (const word of words) {
    signal.throwIfAborted();
    for (const one of await files.fetch(word, { from, force })) {
      fetched.push(one);
      if (to !== undefined) {
        await leave(one, { to, force, progress, signal });
      }
    }
  }
  return fetched;
}

/** @throws {UserError} where one file is to be several */
async function refuseOneForMany(
  words: readonly string[],
  { from, remoteFiles }: Pick<FetchTools, "remoteFiles"> & {
    readonly from: string | undefined;
  },
): Promise<void> {
  if (from === undefined) return;
  const isFile = await Deno.stat(from).then((info) => info.isFile, () => false);
  if (!isFile) return;
  const files = await remoteFiles();
  const wanted = await Promise.all(words.map((word) => files.presence(word)));
  const names = wanted.flat().map(({ file }) => file);
  if (names.length === 1) return;
  throw new UserError(
    `Cannot get ${names.join(", ")} from the file "${from}": expected a folder`,
  );
}

/** Leaves a copy in a folder, under the name that its makers gave it. */
async function leave(
  { file, path, bytes, sha256 }: FetchedFile,
  { to: folder, force, ...tools }: Pick<FetchTools, "progress" | "signal"> & {
    readonly to: string;
    readonly force: boolean;
  },
): Promise<void> {
  const to = join(folder, file);
  if (await exists(to)) {
    if (await digestFile(to) === sha256) return;
    if (!force) {
      throw new UserError(
        `Cannot write "${to}": another file is there; --force replaces it`,
      );
    }
  }
  await copyChecked(path, { ...tools, to, bytes, check: () => {} });
}

/** What was had, as lines for people. */
export function fetchedLines(
  fetched: readonly FetchedFile[],
): readonly string[] {
  return fetched.map(({ word, path, bytes, state, witness }) =>
    `${word}  ${path}  ${byteText(bytes)}, ${state}, SHA-256 by ${witness}`
  );
}
