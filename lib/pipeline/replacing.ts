import { exists, UserError } from "../artifact/mod.ts";
import { isKept } from "./kept_file.ts";
import type { Ledger } from "./ledger.ts";
import { artifactRecipe, isEmptyFolder } from "./standing.ts";

/** Who would replace what is at a path. */
interface Replacing {
  /** Name of the stage or command. */
  readonly by: string;
  /** Whether it may replace anything. */
  readonly force: boolean;
  /** Knows who made files that do not say so themselves. */
  readonly ledger?: Ledger;
}

/**
 * Refuses to replace a file or folder that a command did not make, or that has
 * changed since it did. An artifact says who made it; of others the ledger
 * knows.
 *
 * @throws {UserError} naming the path and who made what is there
 */
export async function refuseReplacing(
  path: string,
  { by, force, ledger }: Replacing,
): Promise<void> {
  if (force || !isKept(path) || !await exists(path)) return;
  if (await isEmptyFolder(path)) return;
  const { stage } = (await artifactRecipe(path))?.recipe ??
    { stage: ledger?.ownerOf(path) };
  const isSound = stage !== by || !await ledger?.isChanged(path);
  if (stage === by && isSound) return;
  const maker = typeof stage !== "string"
    ? "it is there"
    : isSound
    ? `"${stage}" made it`
    : `it changed since "${stage}" made it`;
  throw new UserError(
    `Cannot write "${path}": ${maker}; give another place, or --force to ` +
      "replace it",
  );
}
