import { UserError } from "../artifact/mod.ts";
import { flagName } from "../pipeline/mod.ts";
import { CHOICES } from "./layers.ts";
import { nearestPaths, NUMBERS } from "./paths.ts";
import type { Statement } from "./row.ts";
import type { Section } from "./schema/preset.ts";
import { isTree } from "./tree.ts";

/** What may be set in some place. */
export interface Settable {
  /** Short names of sections, such as `training` for `vaeTraining`. */
  readonly roots?: Readonly<Record<string, Section>>;
  /** The sections that are read there; all of them unless given. */
  readonly sections?: readonly Section[];
}

/** A number that was set: where it stands, and its value. */
interface Setting {
  readonly path: string;
  readonly value: unknown;
}

/**
 * The numbers of `path=value` texts as statements; values are JSON, and text
 * where they are none.
 *
 * @throws {UserError} for a text of another form, and for numbers that are
 *   unknown or not read
 */
export function settings(
  texts: readonly string[],
  settable: Settable = {},
): readonly Statement[] {
  const parsed = texts.map((text) => parseSetting(text, settable));
  return statementsOf(parsed, (path) => `--set ${path}`);
}

/**
 * Options that are called like a number of a section, as statements; others are
 * passed over.
 */
export function givenNumbers(
  given: Readonly<Record<string, unknown>>,
  { sections = [] }: Settable,
): readonly Statement[] {
  const found = Object.entries(given).flatMap(([name, value]) =>
    sections.map((section) => ({ path: `${section}.${name}`, value }))
  );
  return statementsOf(
    found.filter(({ path, value }) => NUMBERS.has(path) && value !== undefined),
    (path) => `--${flagName(path.slice(path.lastIndexOf(".") + 1))}`,
  );
}

/** @param where who says the number at a path */
function statementsOf(
  settings: readonly Setting[],
  where: (path: string) => string,
): readonly Statement[] {
  // What follows from these is said with them, whatever the order.
  const leads = ({ path }: Setting) =>
    CHOICES.has(path) || path.endsWith(".batch");
  const ordered = [
    ...settings.filter(leads),
    ...settings.filter((setting) => !leads(setting)),
  ];
  return ordered.map(({ path, value }) => ({
    source: { kind: "option", where: where(path) },
    numbers: nested(path.split("."), value) as object,
  }));
}

/** The section that a `path=value` text is about. */
export function sectionOf(text: string): string {
  return parseSetting(text, {}).path.split(".")[0]!;
}

function parseSetting(text: string, settable: Settable): Setting {
  const [, given, written] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
  if (given === undefined || written === undefined) {
    const form = "path=value, such as vae.z_channels=256";
    throw new UserError(`Cannot set "${cut(text)}": expected ${form}`);
  }
  const path = known(given.trim(), settable);
  const value = valueOf(written.trim());
  if (!isTree(value)) return { path, value };
  throw new UserError(
    `Cannot set "${path}" to "${cut(written)}": expected a number, a list or ` +
      "a text",
  );
}

function known(given: string, { roots = {}, sections }: Settable): string {
  const [root = "", ...rest] = given.split(".");
  const section = Object.hasOwn(roots, root) ? roots[root]! : root;
  const path = [section, ...rest].join(".");
  if (!NUMBERS.has(path)) throw unknownNumber("Cannot set", given);
  if (sections?.every((one) => one !== section)) {
    throw new UserError(
      `Cannot set "${given}" here: only ${sections.join(" and ")} are read`,
    );
  }
  return path;
}

/** @param what what cannot be done with it */
export function unknownNumber(what: string, path: string): UserError {
  const near = nearestPaths(path).join(", ");
  return new UserError(
    `${what} "${cut(path)}": no number of a preset is called so; the nearest ` +
      `are ${near}`,
  );
}

/** Most characters of a person's words in a message. */
const SHOWN = 80;

function cut(text: string): string {
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}...`;
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function nested(path: readonly string[], value: unknown): unknown {
  return path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
}
