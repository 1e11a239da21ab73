import { withPngText } from "../../image/mod.ts";
import type { Sampling } from "../../preset/mod.ts";
import { sampleCommand } from "../../sample/mod.ts";
import type { WeightsDType } from "../options/mod.ts";
import type { WantedImages } from "./sample_request.ts";

/** Keyword of the text that PNG files carry. */
export const RECIPE_KEYWORD = "spherear";

/** What all images of a server have in common. */
export interface RecipeBase {
  /** SHA-256 of the model's files. */
  readonly model: Readonly<Record<string, string>>;
  /** Files of the model as they were given, by the options of `sample`. */
  readonly files: Readonly<Record<string, string>>;
  /** Names of the model's classes. */
  readonly names: readonly string[];
  /** The engine's name, and what `--device` calls it. */
  readonly engine: string;
  readonly device: string;
  readonly batch: number;
  readonly weightsDtype: WeightsDType;
}

/** All that an image depends on. */
export interface Recipe extends Omit<Sampling, "perClass"> {
  readonly seed: number;
  readonly index: number;
  readonly class: number;
  readonly className: string;
  readonly batch: number;
  readonly weightsDtype: WeightsDType;
  readonly model: RecipeBase["model"];
  readonly engine: string;
  /** A command line that makes the same image. */
  readonly command: string;
}

/** The recipe of one of some images. */
export function recipeOf(
  { sampling, seed, classes, indices }: WantedImages,
  place: number,
  base: RecipeBase,
): Recipe {
  const { perClass: _, ...numbers } = sampling;
  const [label, index] = [classes[place]!, indices[place]!];
  const { model, names, engine, batch, weightsDtype } = base;
  return {
    seed,
    index,
    class: label,
    className: names[label]!,
    ...numbers,
    batch,
    weightsDtype,
    model,
    engine,
    command: commandOf({ ...numbers, seed, index, label }, base),
  };
}

/** A PNG file with a recipe, or the recipes of all images of a grid. */
export function withRecipe(
  png: Uint8Array,
  recipe: Recipe | readonly Recipe[],
): Uint8Array<ArrayBuffer> {
  const text = JSON.stringify(recipe);
  return withPngText(png, { keyword: RECIPE_KEYWORD, text });
}

function commandOf(
  { seed, index, label, steps, solver, cfg, cfgSchedule }:
    & Omit<Sampling, "perClass">
    & { readonly seed: number; readonly index: number; readonly label: number },
  { files, batch, device, weightsDtype }: RecipeBase,
): string {
  return sampleCommand({
    ...files,
    classes: label,
    seeds: index,
    seed,
    steps,
    solver,
    cfg,
    "cfg-schedule": cfgSchedule,
    batch,
    ...weightsDtype !== "f32" && { "weights-dtype": weightsDtype },
    device,
    png: "samples",
  });
}
