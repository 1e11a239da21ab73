import { isRemoteWord } from "../../official/mod.ts";
import type { CommandContext } from "../../pipeline/mod.ts";

/**
 * Words of a command line, with paths in the place of those that stand for files
 * of others, as their makers publish them.
 *
 * @throws {UserError} where one cannot be had
 */
export async function givenPaths(
  words: readonly string[],
  { remoteFiles }: Pick<CommandContext, "remoteFiles">,
): Promise<readonly string[]> {
  const paths: string[] = [];
  for (const word of words) {
    if (!isRemoteWord(word)) paths.push(word);
    else paths.push(...await (await remoteFiles()).paths(word));
  }
  return paths;
}

/** The same, with paths of artifacts of models. */
export async function givenModels(
  words: readonly string[],
  { remoteFiles }: Pick<CommandContext, "remoteFiles">,
): Promise<readonly string[]> {
  const paths: string[] = [];
  for (const word of words) {
    if (!isRemoteWord(word)) paths.push(word);
    else {
      const files = await remoteFiles();
      paths.push(await files.artifact(word, ["model", "ar", "svae"]));
    }
  }
  return paths;
}
