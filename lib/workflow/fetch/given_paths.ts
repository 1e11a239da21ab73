import { isRemoteWord } from "../../official/mod.ts";
import type { CommandContext, RemoteFiles } from "../../pipeline/mod.ts";

type Tools = Pick<CommandContext, "remoteFiles">;

/**
 * Words of a command line, with paths in the place of those that stand for files
 * of others, as their makers publish them.
 *
 * @throws {UserError} where one cannot be had
 */
export async function givenPaths(
  words: readonly string[],
  tools: Tools,
): Promise<readonly string[]> {
  return await replaced(words, tools, (word, files) => files.paths(word));
}

/** The same, with paths of artifacts of models. */
export async function givenModels(
  words: readonly string[],
  tools: Tools,
): Promise<readonly string[]> {
  return await replaced(
    words,
    tools,
    async (word, files) => [
      await files.artifact(word, ["model", "ar", "svae"]),
    ],
  );
}

async function replaced(
  words: readonly string[],
  { remoteFiles }: Tools,
  pathsOf: (word: string, files: RemoteFiles) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const paths: string[] = [];
  for (const word of words) {
    if (!isRemoteWord(word)) paths.push(word);
    else paths.push(...await pathsOf(word, await remoteFiles()));
  }
  return paths;
}
