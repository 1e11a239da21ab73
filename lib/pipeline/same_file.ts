import { basename, dirname, join, resolve } from "node:path";
import { UserError } from "../artifact/mod.ts";
import { flagName } from "./options.ts";
import type { PlannedStep } from "./plan.ts";

/**
 * Refuses to replace a file by what is made from it.
 *
 * @throws {UserError} where both paths lead to one file
 */
export async function refuseSameFile(
  input: string,
  output: string,
): Promise<void> {
  const [from, to] = await Promise.all([input, output].map(placeOfFile));
  if (from === undefined || from !== to) return;
  throw new UserError(
    `Cannot write "${output}": it is read at the same time; give another file`,
  );
}

/**
 * Refuses a step whose outputs would replace its inputs or each other.
 *
 * @throws {UserError} naming the path
 */
export async function refuseSharedFiles(
  { id, inputs, outputs }: PlannedStep,
): Promise<void> {
  const owners = new Map<string, string>();
  for (const [name, output] of Object.entries(outputs)) {
    if (typeof output !== "string") continue;
    for (const input of Object.values(inputs)) {
      if (typeof input === "string") await refuseSameFile(input, output);
    }
    const place = await placeOfFile(output);
    if (place === undefined) continue;
    const owner = owners.get(place);
    if (owner !== undefined) {
      throw new UserError(
        `Cannot write "${output}": it would be the outputs ${owner} and ` +
          `${flagName(name)} of ${id}; give each its own`,
      );
    }
    owners.set(place, flagName(name));
  }
}

/** Where a path leads, also one to nothing yet; nowhere for devices and pipes. */
async function placeOfFile(path: string): Promise<string | undefined> {
  try {
    const { isFile, isDirectory } = await Deno.stat(path);
    return isFile || isDirectory ? await Deno.realPath(path) : undefined;
  } catch {
    const folder = dirname(resolve(path));
    const real = await Deno.realPath(folder).catch(() => folder);
    return join(real, basename(path));
  }
}
