import {
  BACKBONES,
  DISCRIMINATORS,
  LATENT_SCALE,
  POSTERIORS,
  type SizeTable,
} from "../model/mod.ts";
import { AUGMENTATIONS } from "../image/augmentations/mod.ts";
import { followersOf } from "./followers.ts";
import { TRAININGS } from "./paths.ts";
import type { Statement } from "./row.ts";
import { LENGTH_UNITS } from "./schema/length.ts";
import type { Source } from "./source.ts";
import { numbersIn, place, remove, type Tree, valueAt } from "./tree.ts";

/** Numbers, and where each one comes from. */
export interface Layered {
  /** Sections of numbers, unchecked. */
  readonly numbers: Readonly<Record<string, unknown>>;
  /** The source of each number by its path: `vae.z_channels`. */
  readonly sources: ReadonlyMap<string, Source>;
}

/** Puts statements over each other: of a number, the last one holds. */
export function layered(statements: readonly Statement[]): Layered {
  const numbers: Tree = {};
  const sources = new Map<string, Source>();
  for (const { source, numbers: said } of statements) {
    const forget = (paths: readonly string[]) => {
      for (const path of paths) {
        remove(numbers, path.split("."));
        sources.delete(path);
      }
    };
    forget([...outdated(said, numbers), ...otherUnits(said, numbers)]);
    const followers = followersOf(said, numbers);
    forget(followers.gone);
    const all = [...numbersIn(said), ...numbersIn(followers.numbers)];
    for (const [path, value] of all) {
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
