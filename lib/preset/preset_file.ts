import { dirname, resolve } from "node:path";
import { z } from "zod";
import { DATASET } from "../../datasets/mod.ts";
import { type JsonRecord, UserError } from "../artifact/mod.ts";
import { placedOptions, readTomlFile } from "../pipeline/mod.ts";
import { nearestPaths, NUMBERS, SECTIONS } from "./paths.ts";
import type { Statement } from "./row.ts";
import { unknownNumber } from "./settings.ts";
import {
  isPresetName,
  PRESET_FILE,
  PRESET_NAMES,
  ROWS,
  statementsOf,
} from "./table.ts";
import { isTree } from "./tree.ts";

/** Most files that extend one another. */
const MAX_DEPTH = 8;

/** What is said under one name or path. */
export interface Told {
  readonly summary: string;
  /** Of the bases first. */
  readonly statements: readonly Statement[];
}

/**
 * What a preset says, by its name or by the path of its file; files extend
 * presets by name, and files by a path relative to their own.
 *
 * @param options.below the files that lead here, for messages and cycles
 * @throws {UserError} naming the file, the key, what was found and what was
 *   expected
 */
export async function tellPreset(
  preset: string,
  { below = [] }: { readonly below?: readonly string[] } = {},
): Promise<Told> {
  if (isPresetName(preset)) {
    return { summary: ROWS[preset].summary, statements: statementsOf(preset) };
  }
  if (!PRESET_FILE.test(preset)) throw noSuchPreset(preset, below);
  const path = resolve(preset);
  if (below.includes(path)) {
    throw new UserError(
      `"${below.at(-1)}": extends: "${path}" extends this file`,
    );
  }
  if (below.length >= MAX_DEPTH) {
    throw new UserError(
      `"${below.at(-1)}": extends: expected at most ${MAX_DEPTH} files that ` +
        "extend one another",
    );
  }
  return await tellFile(path, below);
}

function noSuchPreset(preset: string, below: readonly string[]): UserError {
  const where = below.length === 0
    ? `Cannot use preset "${preset}"`
    : `"${below.at(-1)}": extends`;
  const found = below.length === 0 ? "" : `, found "${preset}"`;
  return new UserError(
    `${where}: expected one of ${PRESET_NAMES.join(", ")}, or the path of ` +
      `a .toml file${found}`,
  );
}

async function tellFile(
  path: string,
  below: readonly string[],
): Promise<Told> {
  const read = await readTomlFile(path);
  const { extends: base, summary, ...numbers } = read;
  checkNames(numbers, path);
  const told = base === undefined
    ? undefined
    : await tellPreset(baseOf(base, path), { below: [...below, path] });
  const source = { kind: "file", where: path } as const;
  return {
    summary: textOf(summary, { path, key: "summary" }) ?? told?.summary ??
      `preset file ${path}`,
    statements: [
      ...told?.statements ?? [],
      { source, numbers: placed(numbers, path) },
    ],
  };
}

/** A path in a file starts where the file is. */
function baseOf(base: unknown, path: string): string {
  const text = textOf(base, { path, key: "extends" })!;
  return PRESET_FILE.test(text) ? resolve(dirname(path), text) : text;
}

function textOf(
  value: unknown,
  { path, key }: { readonly path: string; readonly key: string },
): string | undefined {
  if (value === undefined || typeof value === "string") return value;
  throw new UserError(
    `"${path}": ${key}: expected a text, found ${JSON.stringify(value)}`,
  );
}

/** @throws {UserError} for a name that presets do not have, with its path */
function checkNames(
  tree: object,
  path: string,
  above: readonly string[] = [],
): void {
  for (const [key, value] of Object.entries(tree)) {
    const name = [...above, key].join(".");
    const isSection = SECTIONS.has(name);
    if (!isSection && !NUMBERS.has(name)) {
      throw isTree(value)
        ? unknownSection(path, name)
        : unknownNumber(`"${path}": Cannot set`, name);
    }
    if (isTree(value) !== isSection) {
      const wanted = isSection ? "a section" : "no section";
      const found = JSON.stringify(value);
      throw new UserError(
        `"${path}": ${name}: expected ${wanted}, found ${found}`,
      );
    }
    if (isTree(value)) checkNames(value, path, [...above, key]);
  }
}

function unknownSection(path: string, name: string): UserError {
  const near = nearestPaths(name, SECTIONS).join(", ");
  return new UserError(
    `"${path}": Cannot set "${name}": no section of a preset is called so; ` +
      `the nearest are ${near}`,
  );
}

const WITH_DATASET = z.object({ dataset: DATASET });

/** Files and folders of images are relative to the file that names them. */
function placed(numbers: object, path: string): Statement["numbers"] {
  const { dataset } = numbers as JsonRecord;
  if (dataset === undefined) return numbers;
  const options = { schema: WITH_DATASET, base: dirname(path) };
  return { ...numbers, ...placedOptions({ dataset }, options) };
}
