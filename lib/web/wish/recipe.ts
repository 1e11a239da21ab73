import type { SamplingDefaults, WebModel } from "../model/web_model.ts";
import { classWord, labelOf } from "./class_words.ts";
import { fragmentOf, wishIn } from "./fragment.ts";
import type { Wish } from "./wish.ts";

/** All that a picture depends on. */
export interface Recipe {
  readonly model: { readonly name: string; readonly digest: string };
  readonly seed: number;
  /** Number of the picture among those of the seed. */
  readonly index: number;
  readonly label: number;
  /** Name of the class. */
  readonly class: string;
  readonly choice: SamplingDefaults;
}

/** Tells models apart: the digest of the first numbers. */
export function digestOfModel({ shards }: Pick<WebModel, "shards">): string {
  return shards[0]?.sha256 ?? "";
}

/** The recipe of one picture. */
export function recipeOf(
  { label, index }: { readonly label: number; readonly index: number },
  { seed, choice, model }: {
    readonly seed: number;
    readonly choice: SamplingDefaults;
    readonly model: WebModel;
  },
): Recipe {
  return {
    model: { name: model.name, digest: digestOfModel(model) },
    seed,
    index,
    label,
    class: model.classes[label]!,
    choice,
  };
}

/** The wish for the one picture of a recipe. */
export function wishOf({ label, index, seed, choice }: Recipe): Wish {
  return { labels: [label], seed, first: index, count: 1, choice };
}

/** The command that makes the picture of a recipe in a terminal. */
export function commandOf(recipe: Recipe, model: WebModel): string {
  const { seed, index, label, choice } = recipe;
  const { solver, steps, cfg, cfgSchedule } = choice;
  const options = {
    ...model.files,
    classes: classWord(label, model.classes),
    seed,
    seeds: index,
    solver,
    steps,
    cfg,
    "cfg-schedule": cfgSchedule,
    ...model.weights !== "f32" && { "weights-dtype": model.weights },
    grid: "picture.png",
  };
  const words = Object.entries(options)
    .map(([name, value]) => `--${name} ${quoted(String(value))}`);
  return ["spherear sample", ...words].join(" ");
}

/** A word as shells take it. */
function quoted(word: string): string {
  return /^[\w.:/-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A recipe as the text that a PNG carries. */
export function recipeText(recipe: Recipe): string {
  return JSON.stringify({ version: 1, ...recipe });
}

/**
 * The recipe in a PNG's text, for a model. Its class is found by its name first:
 * another model may number them otherwise.
 *
 * @throws {SyntaxError} where the text is no recipe of this model's classes
 */
export function recipeIn(text: string, model: WebModel): Recipe {
  const found = JSON.parse(text) as Partial<Recipe> & { version?: unknown };
  const { version, choice, seed, index } = found;
  if (version !== 1 || choice === undefined) {
    throw new SyntaxError("Cannot read the recipe: it is of another version");
  }
  const label = labelOf(found.class ?? "", model.classes);
  if (label === undefined) {
    throw new SyntaxError(
      `Cannot use the recipe: this model knows no "${found.class}"`,
    );
  }
  // What an address may not say, a picture may not either.
  const { solver, steps, cfg, cfgSchedule } = choice;
  const wish = wishIn(
    new URLSearchParams({
      seed: String(seed),
      first: String(index),
      solver,
      steps: String(steps),
      cfg: String(cfg),
      schedule: cfgSchedule,
    }).toString(),
    model,
  );
  return {
    model: { name: "", digest: "", ...found.model },
    seed: wish.seed,
    index: wish.first,
    label,
    class: model.classes[label]!,
    choice: wish.choice,
  };
}

/** The address of one picture, behind `#`. */
export function fragmentOfRecipe(recipe: Recipe, model: WebModel): string {
  return fragmentOf(wishOf(recipe), model);
}
