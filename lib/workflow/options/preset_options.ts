import { z } from "zod";
import { UserError } from "../../artifact/mod.ts";
import {
  type InSteps,
  inSteps,
  type Length,
  LENGTH_UNITS,
  type Preset,
  PRESET_FILE,
  PRESET_NAMES,
  type Section,
} from "../../preset/mod.ts";

/** A preset as an option: a name of the table, or the path of a file. */
export const PRESET = z.string().refine(isPreset, {
  error: `expected one of ${PRESET_NAMES.join(", ")}, or the path of a .toml ` +
    "file",
}).meta({ choices: PRESET_NAMES, value: "preset", path: "^(.+\\.toml)$" });

function isPreset(text: string): boolean {
  return PRESET_FILE.test(text) || PRESET_NAMES.some((name) => name === text);
}

/** Numbers in place of the preset's, as an option. */
export const SET = z.array(z.string()).optional()
  .describe("another value of a number of the preset; may stand often")
  .meta({ repeat: true, value: "path=value" });

/** The preset whose numbers a stage starts from, and what is set instead. */
export const PRESET_OPTIONS = {
  preset: PRESET.default("tiny").describe(
    'sizes and schedules: one that "spherear presets" shows, or a TOML file',
  ),
  set: SET,
};

/** What those options give, with others that may stand for single numbers. */
export interface PresetOptions {
  readonly preset: string;
  readonly set?: readonly string[] | undefined;
  readonly [option: string]: unknown;
}

/** Sections of a preset by the name under which a stage uses them. */
export type Uses = Readonly<Record<string, Section>>;

/** The numbers that each stage takes from a preset, by its names for them. */
export const USES = {
  "train-vae": { vae: "vae", training: "vaeTraining" },
  cache: { latents: "latents" },
  "train-ar": { ar: "ar", training: "arTraining" },
  diagnose: { sampling: "sampling" },
  sample: { sampling: "sampling" },
  "train-classifier": { training: "classifier" },
} as const satisfies Readonly<Record<string, Uses>>;

/** A stage that takes numbers from a preset. */
export type PresetStage = keyof typeof USES;

/** The numbers of a stage. */
export type NumbersOf<S extends PresetStage> = {
  readonly [K in keyof typeof USES[S]]: typeof USES[S][K] extends
    infer N extends Section ? NonNullable<Preset[N]> : never;
};

/**
 * The numbers that a stage takes from the preset that its options choose, with
 * those of options that are called like a number in their place.
 *
 * @throws {UserError} naming file or option, number, what was found and what
 *   was expected
 */
export async function presetNumbers<S extends PresetStage>(
  stage: S,
  { preset, set, ...given }: PresetOptions,
): Promise<NumbersOf<S>> {
  const { requireSection, resolvePreset } = await import(
    "../../preset/checked.ts"
  );
  if (LENGTH_UNITS.every((unit) => given[unit] !== undefined)) {
    throw new UserError("Cannot take --steps with --epochs: expected one");
  }
  const uses: Uses = USES[stage];
  const resolved = await resolvePreset({ preset, set, given }, {
    roots: uses,
    sections: Object.values(uses),
  });
  const numbers = Object.entries(uses).map(([name, section]) =>
    [name, requireSection(resolved, section)] as const
  );
  return Object.fromEntries(numbers) as NumbersOf<S>;
}

/** Numbers of some training. */
type AnyTraining = Length & { readonly batch: number };

/** A stage that trains. */
type TrainingStage = {
  [S in PresetStage]: NumbersOf<S> extends { readonly training: AnyTraining }
    ? S
    : never;
}[PresetStage];

/** The numbers of a training stage, its length in steps. */
type TrainingNumbersOf<S extends TrainingStage> = {
  readonly [K in keyof NumbersOf<S>]: K extends "training"
    ? InSteps<NumbersOf<S>[K]>
    : NumbersOf<S>[K];
};

/**
 * The numbers of a training on some images, its length in steps.
 *
 * @throws {UserError} as {@linkcode presetNumbers}, and where the images are too
 *   few
 */
export async function trainingNumbers<S extends TrainingStage>(
  stage: S,
  options: PresetOptions,
  { images }: { readonly images: number },
): Promise<TrainingNumbersOf<S>> {
  const numbers = await presetNumbers(stage, options);
  const { training } = numbers as { readonly training: AnyTraining };
  return { ...numbers, training: inSteps(training, images) } as never;
}

/**
 * The same for a recipe: in steps where the images are there, as a preset says it
 * where they are yet to be made.
 */
export async function settledTraining<S extends TrainingStage>(
  stage: S,
  options: PresetOptions,
  { images }: { readonly images?: number | undefined } = {},
): Promise<NumbersOf<S> | TrainingNumbersOf<S>> {
  return images === undefined
    ? await presetNumbers(stage, options)
    : await trainingNumbers(stage, options, { images });
}

/** Why ranks cannot share a training, where they cannot. */
export async function aloneWithoutParts(
  stage: TrainingStage,
  options: PresetOptions,
): Promise<string | undefined> {
  const { training } = await presetNumbers(stage, options);
  const { parts = 1 } = training;
  return parts === 1
    ? "no parts of a batch are named that ranks could share (--parts)"
    : undefined;
}

/**
 * Checks numbers of a preset that must fit each other.
 *
 * @throws {UserError} where the check throws a RangeError
 */
export function checkPreset<T>(preset: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UserError(`Preset "${preset}": ${error.message}`);
  }
}
