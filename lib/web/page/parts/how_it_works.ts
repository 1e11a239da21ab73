import { isOnSphere } from "../../../model/mod.ts";
import type { WebModel } from "../../model/web_model.ts";
import type { Picture } from "../../session/messages.ts";
import { directionsOf } from "../../wish/sphere.ts";
import { make } from "../dom.ts";
import { fanOf, fanWords } from "./fan.ts";
import { showPicture } from "./picture_view.ts";

/** The panel that shows the tokens of a picture as directions on a sphere. */
export function howItWorks(picture: Picture, model: WebModel): HTMLElement {
  const { grid, latent_dim: width } = model.ar;
  const { tokens, finished } = picture;
  const directions = directionsOf(tokens, { width, finished });
  const radius = Math.sqrt(width);
  const fan = make("div", { class: "fan-place" });
  const words = make("p", { class: "reading", set: { role: "status" } });
  const choose = (chosen?: number) => {
    fan.replaceChildren(
      fanOf(directions, { radius, ...chosen !== undefined && { chosen } }),
    );
    words.textContent = chosen === undefined
      ? `${fanWords(directions)}.`
      : readingOf(chosen, directions);
  };
  const canvas = make("canvas", { set: { "aria-hidden": "true" } });
  showPicture(canvas, picture, model);
  choose();
  return make("section", {
    class: "how",
    set: { "aria-labelledby": "how-heading" },
    children: [
      make("h3", { text: "How it works", set: { id: "how-heading" } }),
      ...storyOf(model).map((text) => make("p", { text })),
      make("div", {
        class: "how-pair",
        children: [
          make("figure", {
            children: [
              make("div", {
                class: "pieces",
                children: [canvas, piecesOf(grid, choose)],
              }),
              make("figcaption", { text: "Point at a piece to see it." }),
            ],
          }),
          make("figure", { children: [fan, words] }),
        ],
      }),
    ],
  });
}

/** What happens, in words for everyone. */
function storyOf({ ar }: WebModel): readonly string[] {
  const { grid, latent_dim: width } = ar;
  const sphere = isOnSphere(ar)
    ? "All of these arrows are equally long: their tips lie on a sphere. So a " +
      "piece can only point elsewhere, never be too loud, and small errors do " +
      "not grow from piece to piece."
    : "This model's arrows may differ in length; those of the paper do not.";
  return [
    `A picture is ${grid ** 2} pieces, ${grid} rows of ${grid}. The model ` +
    `writes each as ${width} numbers, an arrow in a space of ${width} ` +
    "directions, one after another: it looks at all pieces before, starts " +
    "from noise and takes a few steps towards what fits.",
    sphere,
    "When all pieces are there, a decoder paints the picture from them. Below, " +
    "each spoke is a piece of this picture: its angle says how far it turned " +
    "from the piece before, its length how long it is.",
  ];
}

function piecesOf(
  grid: number,
  choose: (chosen?: number) => void,
): HTMLElement {
  const cells = Array.from({ length: grid ** 2 }, (_, i) => {
    const cell = make("button", {
      set: { type: "button", "aria-label": `Piece ${i + 1}` },
      onClick: () => choose(i),
    });
    cell.addEventListener("pointerenter", () => choose(i));
    cell.addEventListener("focus", () => choose(i));
    return cell;
  });
  const place = make("div", {
    class: "cells",
    set: { role: "group", "aria-label": "Pieces of the picture" },
    children: cells,
  });
  place.style.setProperty("--grid", String(grid));
  place.addEventListener("pointerleave", () => choose());
  place.addEventListener("keydown", (event) => {
    const step = stepsOf(grid)[event.key];
    const at = cells.indexOf(document.activeElement as HTMLButtonElement);
    if (step === undefined || at < 0) return;
    event.preventDefault();
    cells[at + step]?.focus();
  });
  // One stop of the tab key for all pieces; arrows go from one to the next.
  cells.forEach((cell, i) => cell.tabIndex = i === 0 ? 0 : -1);
  return place;
}

/** How far arrow keys go among the pieces. */
function stepsOf(grid: number): Readonly<Record<string, number>> {
  return { ArrowRight: 1, ArrowLeft: -1, ArrowDown: grid, ArrowUp: -grid };
}

function readingOf(
  token: number,
  { norms, turns }: ReturnType<typeof directionsOf>,
): string {
  const length = `${norms[token]!.toFixed(3)} long`;
  return token === 0
    ? `Piece 1: ${length}. It is the first, so it turned from nothing.`
    : `Piece ${token + 1}: ${length}, turned by ` +
      `${Math.round(turns[token - 1]!)}° from the one before.`;
}
