import { sampleCommand } from "../../sample/mod.ts";
import type { SamplingDefaults, WebModel } from "../model/web_model.ts";
import { classWord } from "./class_words.ts";
import { fragmentOf, wishIn } from "./fragment.ts";
import type { Wish } from "./wish.ts";

/** All that a picture depends on. */
export interface Recipe {
  readonly seed: number;
  /** Number of the picture among those of the seed. */
  readonly index: number;
  readonly label: number;
  readonly choice: SamplingDefaults;
}

/** The recipe of a picture, and whether it was made by the model at hand. */
export interface FoundRecipe {
  readonly recipe: Recipe;
  readonly isOfModel: boolean;
}

/** The wish for the one picture of a recipe. */
export function wishOf({ label, index, seed, choice }: Recipe): Wish {
  return { labels: [label], seed, first: index, count: 1, choice };
}

/** The command that makes the picture of a recipe in a terminal. */
export function commandOf(recipe: Recipe, model: WebModel): string {
  const { seed, index, label, choice } = recipe;
  const { solver, steps, cfg, cfgSchedule } = choice;
  const files = Object.entries(model.files)
    .map(([option, { name }]) => [option, name] as const);
  return sampleCommand({
    ...Object.fromEntries(files),
    classes: classWord(label, model.classes),
    seed,
    seeds: index,
    solver,
    steps,
    cfg,
    "cfg-schedule": cfgSchedule,
    ...model.weights !== "f32" && { "weights-dtype": model.weights },
    png: "samples",
  });
}

/** A recipe as PNG files carry it, those of `serve` too. */
export function recipeText(recipe: Recipe, model: WebModel): string {
  const { seed, index, label, choice } = recipe;
  return JSON.stringify({
    seed,
    index,
    class: label,
    className: model.classes[label]!,
    ...choice,
    weightsDtype: model.weights,
    model: digestsOf(model),
    engine: "webgpu",
    command: commandOf(recipe, model),
  });
}

/** Digests of the files of a model, by the options of `sample`. */
function digestsOf({ files }: WebModel): Readonly<Record<string, string>> {
  const digests = Object.entries(files)
    .map(([option, { sha256 }]) => [option, sha256] as const);
  return Object.fromEntries(digests);
}

/** What the text of a PNG may say. */
interface Told extends Readonly<Record<string, unknown>> {
  readonly className?: string;
  readonly model?: Readonly<Record<string, string>>;
}

/**
 * The recipe in a PNG's text, for a model. Its class is found by its name: another
 * model may number them otherwise. What no wish may hold is as usual.
 *
 * @throws {SyntaxError} where the text is no recipe of this model's classes
 */
export function recipeIn(text: string, model: WebModel): FoundRecipe {
  const told = JSON.parse(text) as Told | null;
  const name = told?.className;
  if (name === undefined) {
    throw new SyntaxError("Cannot read the recipe: it names no class");
  }
  const label = model.classes.indexOf(name);
  if (label < 0) {
    throw new SyntaxError(
      `Cannot use the recipe: this model knows no "${name}"`,
    );
  }
  const { seed, index: first, cfg, cfgSchedule: schedule, solver, steps } =
    told!;
  const given = { seed, first, cfg, schedule, solver, steps };
  const texts = Object.entries(given)
    .map(([key, value]) => [key, String(value)]);
  const wish = wishIn(new URLSearchParams(texts).toString(), model);
  const digests = digestsOf(model);
  return {
    recipe: { seed: wish.seed, index: wish.first, label, choice: wish.choice },
    isOfModel: Object.entries(digests)
      .every(([option, sha256]) => told!.model?.[option] === sha256),
  };
}

/** The address of one picture, behind `#`. */
export function fragmentOfRecipe(recipe: Recipe, model: WebModel): string {
  return fragmentOf(wishOf(recipe), model);
}
