import {
  BACKBONES,
  DISCRIMINATORS,
  LATENT_SCALE,
  POSTERIORS,
  type SizeTable,
  type VaeConfig,
} from "../model/mod.ts";
import { AUGMENTATIONS } from "../image/augmentations/mod.ts";
import { NUMBERS } from "./paths.ts";
import type { Statement } from "./row.ts";
import { LENGTH_UNITS } from "./schema/length.ts";
import type { Source } from "./source.ts";

/** Numbers, and where each one comes from. */
export interface Layered {
  /** Sections of numbers, unchecked. */
  readonly numbers: Readonly<Record<string, unknown>>;
  /** The source of each number by its path: `vae.z_channels`. */
  readonly sources: ReadonlyMap<string, Source>;
}

type Tree = Record<string, unknown>;

/** Puts statements over each other: of a number, the last one holds. */
export function layered(statements: readonly Statement[]): Layered {
  const numbers: Tree = {};
  const sources = new Map<string, Source>();
  for (const { source, numbers: said } of statements) {
    const gone = [...outdated(said, numbers), ...otherUnits(said, numbers)];
    for (const path of gone) {
      remove(numbers, path.split("."));
      sources.delete(path);
    }
    const all = withFollowers(said, numbers);
    for (const [path, value] of numbersIn(all)) {
      place(numbers, path, value);
      sources.set(path.join("."), source);
    }
  }
  return { numbers, sources };
}

/** What was measured of the latents of one backbone and posterior. */
const OF_LATENTS = { latent_scale: LATENT_SCALE };

/**
 * Choices from tables, by their paths, with the numbers beside them that only
 * some of their rows have: those start anew where another row is chosen.
 */
export const CHOICES: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  [
    "vae.backbone",
    ownNumbers(BACKBONES, ({ sizes }) => ({ ...sizes, ...OF_LATENTS })),
  ],
  [
    "vae.posterior",
    ownNumbers(POSTERIORS, ({ numbers }) => ({ ...numbers, ...OF_LATENTS })),
  ],
  [
    "vaeTraining.adversarial.discriminator",
    ownNumbers(DISCRIMINATORS, ({ sizes }) => sizes),
  ],
  ...["vaeTraining", "latents", "arTraining", "classifier"].map((section) =>
    [
      `${section}.augmentation`,
      ownNumbers(AUGMENTATIONS, ({ numbers }) => numbers),
    ] as const
  ),
]);

/** Sections whose length is said in steps or in epochs. */
const TRAININGS = [...NUMBERS.keys()]
  .flatMap((path) => /^(.*)\.epochs$/.exec(path)?.[1] ?? []);

function ownNumbers<R>(
  rows: Readonly<Record<string, R>>,
  numbersOf: (row: R) => SizeTable,
): ReadonlySet<string> {
  return new Set(
    Object.values(rows).flatMap((row) => Object.keys(numbersOf(row))),
  );
}

/** The numbers of rows in whose place a statement chooses others. */
function outdated(
  said: Statement["numbers"],
  before: Tree,
): readonly string[] {
  return [...CHOICES].flatMap(([choice, own]) => {
    const path = choice.split(".");
    const [chosen, now] = [valueAt(before, path), valueAt(said, path)];
    if (now === undefined || chosen === undefined || now === chosen) return [];
    const section = path.slice(0, -1);
    return Object.keys(valueAt(before, section) as object)
      .filter((name) => own.has(name))
      .map((name) => [...section, name].join("."));
  });
}

/** Lengths of trainings that a statement says in another unit. */
function otherUnits(
  said: Statement["numbers"],
  before: Tree,
): readonly string[] {
  return TRAININGS.flatMap((section) => {
    const named = LENGTH_UNITS.filter((unit) =>
      valueAt(said, [section, unit]) !== undefined
    );
    if (named.length === 0) return [];
    return LENGTH_UNITS.map((unit) => [section, unit])
      .filter((path) => valueAt(before, path) !== undefined)
      .map((path) => path.join("."));
  });
}

/** What stands at a path; nothing where the path ends before. */
function valueAt(tree: object, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => isTree(inner) ? inner[key] : undefined,
    tree,
  );
}

function remove(tree: Tree, path: readonly string[]): void {
  const [key, ...rest] = path as [string, ...string[]];
  if (rest.length === 0) delete tree[key];
  else remove(tree[key] as Tree, rest);
}

/** The numbers of a tree with their paths; a list is one number. */
export function numbersIn(
  tree: object,
  above: readonly string[] = [],
): readonly (readonly [path: readonly string[], value: unknown])[] {
  return Object.entries(tree).flatMap(([key, value]) => {
    const path = [...above, key];
    return isTree(value) ? numbersIn(value, path) : [[path, value] as const];
  });
}

/** Whether a value holds others by name. */
export function isTree(value: unknown): value is Readonly<Tree> {
  return typeof value === "object" && value !== null &&
    !Array.isArray(value) && !(value instanceof Date);
}

/** Paths are of the schema's names, so none leads out of the tree. */
function place(tree: Tree, path: readonly string[], value: unknown): void {
  const [key, ...rest] = path as [string, ...string[]];
  if (rest.length === 0) tree[key] = value;
  else place((tree[key] ??= {}) as Tree, rest, value);
}

/** The last entry of the hybrid's `cnn_chs` is the width of what it leads to. */
function withFollowers(said: Statement["numbers"], before: Tree): object {
  const vae: Partial<VaeConfig<"hybrid">> = { ...said.vae as object };
  const width = vae.z_channels;
  const channels = isTree(before["vae"]) ? before["vae"]["cnn_chs"] : undefined;
  const follows = width !== undefined && vae.cnn_chs === undefined &&
    Array.isArray(channels);
  if (!follows) return said;
  const cnn_chs = [...channels.slice(0, -1), width];
  return { ...said, vae: { ...said.vae, cnn_chs } };
}
