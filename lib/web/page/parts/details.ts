import type { WebModel } from "../../model/web_model.ts";
import { encodePng } from "../../png/png.ts";
import {
  commandOf,
  fragmentOfRecipe,
  type Recipe,
  recipeText,
} from "../../wish/recipe.ts";
import type { Wish } from "../../wish/wish.ts";
import { find, make } from "../dom.ts";
import type { Finished } from "./gallery.ts";
import { howItWorks } from "./how_it_works.ts";
import { showPicture } from "./picture_view.ts";

/** Keyword of a PNG's text that holds a recipe. */
export const RECIPE_KEYWORD = "spherear";

/** How long a button says that it did its work. */
const SAID_MS = 2000;

/** Pictures that "more like this" asks for. */
const MORE = 4;

/** What the window of a picture needs. */
interface Surroundings {
  readonly model: WebModel;
  readonly onWish: (wish: Wish) => void;
}

/** Opens the window of one picture: its recipe, what to do with it, how it came about. */
export function showDetails(
  finished: Finished,
  surroundings: Surroundings,
): void {
  const dialog = find("#details", HTMLDialogElement);
  const { picture, recipe } = finished;
  const { model } = surroundings;
  const canvas = make("canvas", {
    class: "portrait",
    set: { role: "img", "aria-label": model.classes[recipe.label]! },
  });
  showPicture(canvas, picture, model);
  dialog.replaceChildren(
    headOf(model.classes[recipe.label]!, dialog),
    make("div", {
      class: "sheet",
      children: [canvas, factsOf(finished, surroundings, { dialog })],
    }),
    howItWorks(picture, model),
  );
  dialog.showModal();
  dialog.scrollTop = 0;
}

function headOf(text: string, dialog: HTMLDialogElement): HTMLElement {
  const close = make("button", {
    class: "close",
    text: "×",
    set: { type: "button", "aria-label": "Close" },
    onClick: () => dialog.close(),
  });
  const title = make("h2", {
    text,
    set: { id: "details-heading" },
  });
  return make("header", { children: [title, close] });
}

function factsOf(
  { picture, recipe }: Finished,
  { model, onWish }: Surroundings,
  { dialog }: { readonly dialog: HTMLDialogElement },
): HTMLElement {
  const { index, label, seed, choice } = recipe;
  const more = make("button", {
    text: "More like this",
    set: { type: "button" },
    onClick: () => {
      dialog.close();
      onWish({ labels: [label], seed, first: index + 1, count: MORE, choice });
    },
  });
  const command = make("pre", {
    class: "command",
    set: { tabindex: 0, role: "group", "aria-label": "Command for a terminal" },
    children: [make("code", { children: wordsOf(commandOf(recipe, model)) })],
  });
  const actions = make("div", {
    class: "actions",
    children: [
      savingButton({ picture, recipe }, model),
      copyButton("Copy link", () => linkOf(recipe, model)),
      copyButton("Copy command", () => commandOf(recipe, model)),
      more,
    ],
  });
  return make("div", {
    class: "facts",
    children: [recipeList(recipe), actions, command],
  });
}

/** A command whose lines end between its options. */
function wordsOf(command: string): Node[] {
  return command.split(/ (?=--)/).flatMap((text, i) => [
    ...i > 0 ? [document.createTextNode(" ")] : [],
    make("span", { class: "word", text }),
  ]);
}

function recipeList({ seed, index, choice }: Recipe): HTMLElement {
  const { cfg, cfgSchedule, steps, solver } = choice;
  const facts = {
    Seed: `${seed}, number ${index}`,
    Guidance: `${cfg}${cfgSchedule === "linear" ? ", growing" : ""}`,
    Steps: `${steps}, ${solver === "euler" ? "Euler" : "Euler-Maruyama"}`,
  };
  return make("dl", {
    children: Object.entries(facts).flatMap(([name, value]) => [
      make("dt", { text: name }),
      make("dd", { text: value }),
    ]),
  });
}

/** The address that draws a picture again. */
function linkOf(recipe: Recipe, model: WebModel): string {
  return new URL(`#${fragmentOfRecipe(recipe, model)}`, location.href).href;
}

function copyButton(text: string, content: () => string): HTMLButtonElement {
  const button = make("button", {
    text,
    set: { type: "button" },
    onClick: async () => {
      const said = await navigator.clipboard.writeText(content())
        .then(() => "Copied", () => "The browser does not let us copy");
      button.textContent = said;
      setTimeout(() => button.textContent = text, SAID_MS);
    },
  });
  return button;
}

function savingButton(
  { picture, recipe }: Finished,
  model: WebModel,
): HTMLButtonElement {
  return make("button", {
    class: "primary",
    text: "Save as PNG",
    set: { type: "button" },
    onClick: async () => {
      const { image_size: size } = model.vae;
      const { label, seed, index } = recipe;
      const file = await encodePng({
        width: size,
        height: size,
        pixels: picture.pixels,
        texts: {
          [RECIPE_KEYWORD]: recipeText(recipe, model),
          Description: commandOf(recipe, model),
        },
      });
      const address = URL.createObjectURL(file);
      const name = `${model.classes[label]}-${seed}-${index}.png`
        .replace(/[^\w.-]+/g, "-");
      make("a", { set: { href: address, download: name } }).click();
      URL.revokeObjectURL(address);
    },
  });
}
