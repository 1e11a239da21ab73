import { pngText } from "../../png/png.ts";
import type { WebModel } from "../../model/web_model.ts";
import { type Recipe, recipeIn } from "../../wish/recipe.ts";
import { find } from "../dom.ts";
import { RECIPE_KEYWORD } from "./details.ts";

/** What comes of a picture that a person gives. */
export interface RestoringEvents {
  onRecipe(recipe: Recipe, note: string | undefined): void;
  onTrouble(reason: string): void;
}

/** Takes pictures that are dropped on the page or chosen, and reads their recipes. */
export function acceptPictures(model: WebModel, events: RestoringEvents): void {
  const input = find("#restore", HTMLInputElement);
  const curtain = find("#drop", HTMLDivElement);
  const take = (files: FileList | null | undefined) => {
    const file = files?.[0];
    if (file !== undefined) restore(file, model, events);
  };
  input.addEventListener("change", () => {
    take(input.files);
    input.value = "";
  });
  addEventListener("dragover", (event) => {
    event.preventDefault();
    curtain.hidden = false;
  });
  addEventListener("dragleave", ({ relatedTarget }) => {
    if (relatedTarget === null) curtain.hidden = true;
  });
  addEventListener("drop", (event) => {
    event.preventDefault();
    curtain.hidden = true;
    take(event.dataTransfer?.files);
  });
}

async function restore(
  file: File,
  model: WebModel,
  { onRecipe, onTrouble }: RestoringEvents,
): Promise<void> {
  try {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const text = pngText(bytes, RECIPE_KEYWORD);
    if (text === undefined) {
      return onTrouble(`"${file.name}" does not say how it was made.`);
    }
    const { recipe, isOfModel } = recipeIn(text, model);
    const note = isOfModel
      ? undefined
      : "It was made by another model, so this one draws another picture.";
    onRecipe(recipe, note);
  } catch (error) {
    onTrouble(error instanceof Error ? `${error.message}.` : String(error));
  }
}
