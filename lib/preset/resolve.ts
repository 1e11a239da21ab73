import { UserError } from "../artifact/mod.ts";
import { issueLine } from "../pipeline/mod.ts";
import { type Layered, layered } from "./layers.ts";
import { NUMBERS } from "./paths.ts";
import { tellPreset } from "./preset_file.ts";
import type { Statement } from "./row.ts";
import { type Preset, PRESET_SCHEMA } from "./schema/preset.ts";
import { givenNumbers, type Settable, settings } from "./settings.ts";
import type { Source } from "./source.ts";

/** What a person says of the numbers. */
export interface PresetChoice {
  /** A name of the table, or the path of a preset file. */
  readonly preset: string;
  /** Numbers in place of the preset's, as `path=value`. */
  readonly set?: readonly string[] | undefined;
  /**
   * Options that are called like a number of a section that is read, in its
   * place; others are passed over.
   */
  readonly given?: Readonly<Record<string, unknown>>;
}

/** A preset, settled: its numbers, and where each one comes from. */
export interface ResolvedPreset {
  /** The name or path under which it was asked for. */
  readonly name: string;
  readonly summary: string;
  readonly numbers: Preset;
  /** The source of each number by its path: `vae.z_channels`. */
  readonly sources: ReadonlyMap<string, Source>;
}

/**
 * Settles a preset by its name or file and what is set in its place.
 *
 * @throws {UserError} naming the file or option, the number, what was found and
 *   what was expected
 */
export async function resolvePreset(
  { preset, set = [], given = {} }: PresetChoice,
  settable: Settable = {},
): Promise<ResolvedPreset> {
  const { summary, statements } = await tellPreset(preset);
  const all = [
    ...statements,
    ...settings(set, settable),
    ...givenNumbers(given, settable),
  ];
  return { name: preset, summary, ...checked(all, preset) };
}

/**
 * A section or a number at the top of a preset.
 *
 * @throws {UserError} where the preset says nothing of it
 */
export function requireSection<K extends keyof Preset>(
  { name, numbers }: Pick<ResolvedPreset, "name" | "numbers">,
  section: K,
): NonNullable<Preset[K]> {
  const found = numbers[section];
  if (found !== undefined) return found as NonNullable<Preset[K]>;
  const known = Object.keys(numbers).join(", ");
  throw new UserError(
    `Cannot use preset "${name}" here: it says nothing of ${section}, only ` +
      `of ${known}`,
  );
}

/** @throws {UserError} for the first number that the schema refuses */
function checked(
  statements: readonly Statement[],
  preset: string,
): Pick<ResolvedPreset, "numbers" | "sources"> {
  const { numbers, sources } = layered(statements);
  const result = PRESET_SCHEMA.safeParse(numbers);
  if (result.success) {
    return { numbers: result.data, sources: inOrder(sources) };
  }
  const { path } = result.error.issues[0]!;
  const where = blamed(path.map(String), { numbers, sources }) ??
    `preset "${preset}"`;
  throw new UserError(
    `${where}: ${issueLine(result.error, numbers, { under: [] })}`,
  );
}

/** Sources in the order of the schema, as the numbers are. */
function inOrder(sources: Layered["sources"]): Layered["sources"] {
  const paths = [...NUMBERS.keys()].filter((path) => sources.has(path));
  return new Map(paths.map((path) => [path, sources.get(path)!]));
}

/** Whom a number that does not fit is from, where somebody said it. */
function blamed(
  path: readonly string[],
  { sources }: Layered,
): string | undefined {
  const ends = path.map((_, i) => path.slice(0, i + 1).join("."));
  const source = ends.map((end) => sources.get(end)).find(Boolean);
  if (source === undefined) return undefined;
  const [option] = source.where.split(" ");
  return source.kind === "option" ? option : `"${source.where}"`;
}
