import { parse, TomlError } from "smol-toml";
import { readTextFile, UserError } from "../artifact/mod.ts";

/** Largest file of a pipeline or a preset: they are written by hand. */
export const MAX_TOML_BYTES = 1_000_000;

/** Most levels that such a file nests; dotted keys make them cheaply. */
const MAX_DEPTH = 16;

/**
 * Reads a TOML file.
 *
 * @throws {UserError} naming the file, and line and column where it is not TOML
 */
export async function readTomlFile(
  path: string,
): Promise<Readonly<Record<string, unknown>>> {
  const text = await readTextFile(path, { maxBytes: MAX_TOML_BYTES });
  return parseToml(text, `"${path}"`);
}

/**
 * Parses TOML.
 *
 * @param name what messages call the text
 * @throws {UserError} naming line and column, or the key that is refused
 */
export function parseToml(
  text: string,
  name: string,
): Readonly<Record<string, unknown>> {
  const value = parsed(text, name);
  refusePrototypes(value, name);
  return value;
}

function parsed(text: string, name: string): Record<string, unknown> {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const reason = error.message.split("\n")[0];
    const place = `line ${error.line}, column ${error.column}`;
    throw new UserError(`${name}: ${place}: ${reason}`);
  }
}

/**
 * Refuses keys that assignments would lose, and nesting that recursion could
 * not follow.
 *
 * @throws {UserError} naming the key
 */
function refusePrototypes(
  value: unknown,
  name: string,
  keys: readonly string[] = [],
): void {
  if (typeof value !== "object" || value === null) return;
  const where = keys.length === 0 ? name : `${name}: ${keys.join(".")}`;
  if (keys.length > MAX_DEPTH) {
    throw new UserError(`${where}: nested deeper than ${MAX_DEPTH}`);
  }
  for (const [key, item] of Object.entries(value)) {
    if (key === "__proto__") {
      throw new UserError(`${where}: "__proto__" is no name here`);
    }
    refusePrototypes(item, name, [...keys, key]);
  }
}
