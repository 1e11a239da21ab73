import { basename, join } from "node:path";
import { ioError, UserError } from "../lib/artifact/mod.ts";

/** `{000000..000146}`: from the first number to the last, as wide as the first. */
const RANGE = /\{(\d+)\.\.(\d+)\}/;

/** Far more files than any dataset has. */
const MOST_FILES = 100_000;

/**
 * The files that a path stands for: those of its ranges in braces, those of a
 * folder that end as said, sorted, or itself. Their names differ, since ids are
 * made of them.
 *
 * @throws {UserError} when there is none, there are too many, or two of one
 *   name
 */
export async function filesOf(path: string, ending: string): Promise<string[]> {
  if (RANGE.test(path)) return differing(expanded(path));
  try {
    const { isDirectory } = await Deno.stat(path);
    if (!isDirectory) return [path];
    const names: string[] = [];
    for await (const { name } of Deno.readDir(path)) {
      if (name.endsWith(ending) && !name.startsWith(".")) names.push(name);
    }
    if (names.length > 0) return names.sort().map((name) => join(path, name));
  } catch (error) {
    throw ioError(error, `Cannot read "${path}"`);
  }
  throw new UserError(
    `Cannot use "${path}" as a dataset: expected files *${ending} in it, ` +
      "found none",
  );
}

/** Paths with every range in braces counted through, the last one fastest. */
function expanded(path: string): string[] {
  let paths = [path];
  for (let match; (match = RANGE.exec(paths[0]!)) !== null;) {
    const [range, first, last] = match as unknown as [string, string, string];
    const count = Number(last) - Number(first) + 1;
    if (!(count >= 1 && count * paths.length <= MOST_FILES)) {
      throw new UserError(
        `Cannot use "${path}" as a dataset: expected 1 to ${MOST_FILES} files ` +
          `of ${range}, found ${Math.max(count, 0) * paths.length}`,
      );
    }
    const numbers = Array.from(
      { length: count },
      (_, i) => String(Number(first) + i).padStart(first.length, "0"),
    );
    paths = paths.flatMap((each) =>
      numbers.map((number) => each.replace(range, number))
    );
  }
  return paths;
}

function differing(paths: string[]): string[] {
  const seen = new Set<string>();
  for (const path of paths) {
    const name = basename(path);
    if (seen.has(name)) {
      throw new UserError(
        `Cannot use "${path}" as a dataset: expected files of different ` +
          `names, found "${name}" twice`,
      );
    }
    seen.add(name);
  }
  return paths;
}
