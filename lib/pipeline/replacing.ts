import { exists, UserError } from "../artifact/mod.ts";
import { isKept } from "./kept_file.ts";
import { artifactRecipe } from "./standing.ts";

/**
 * Refuses to replace a file that a command did not make. What it made says so
 * in its metadata; of a file without any nobody knows.
 *
 * @throws {UserError} naming the path and who made what is there
 */
export async function refuseReplacing(
  path: string,
  { by, force }: { readonly by: string; readonly force: boolean },
): Promise<void> {
  if (force || !isKept(path) || !await exists(path)) return;
  const { stage } = (await artifactRecipe(path))?.recipe ?? {};
  if (stage === by) return;
  const maker = typeof stage === "string"
    ? `"${stage}" made it`
    : "it is there";
  throw new UserError(
    `Cannot write "${path}": ${maker}; give another file, or --force to ` +
      "replace it",
  );
}
