import type { WebModel } from "../../model/web_model.ts";
import type { Picture, SampleJob } from "../../session/messages.ts";
import type { Recipe } from "../../wish/recipe.ts";
import { find, make } from "../dom.ts";
import { showPicture } from "./picture_view.ts";

/** A finished picture and how it was made. */
export interface Finished {
  readonly picture: Picture;
  readonly recipe: Recipe;
}

/** One picture on the wall. */
interface Frame {
  readonly canvas: HTMLCanvasElement;
  readonly button: HTMLButtonElement;
  readonly recipe: Recipe;
  picture?: Picture;
}

/** The wall of pictures: the newest run first. */
export class Gallery {
  readonly #model: WebModel;
  readonly #runs = find("#runs", HTMLDivElement);
  readonly #onOpen: (finished: Finished) => void;
  #frames: readonly Frame[] = [];

  constructor(model: WebModel, onOpen: (finished: Finished) => void) {
    this.#model = model;
    this.#onOpen = onOpen;
  }

  /** Hangs empty frames for the pictures of a job. */
  begin({ seed, images, choice }: SampleJob): void {
    find("#empty", HTMLParagraphElement).hidden = true;
    this.#frames = images.map((image) =>
      this.#frame({ ...image, seed, choice })
    );
    const items = this.#frames.map(({ button }) =>
      make("li", { children: [button] })
    );
    const run = make("section", {
      class: "run",
      set: { "aria-label": `Seed ${seed}` },
      children: [
        make("h2", { text: `Seed ${seed}` }),
        make("ul", { class: "pictures", children: items }),
      ],
    });
    this.#runs.prepend(run);
  }

  /** Shows pictures of the job at hand, finished or not. */
  show(pictures: readonly Picture[]): void {
    const tokens = this.#model.ar.grid ** 2;
    for (const picture of pictures) {
      const frame = this.#frames[picture.position];
      if (frame === undefined) continue;
      showPicture(frame.canvas, picture, this.#model);
      frame.picture = picture;
      frame.button.disabled = picture.finished < tokens;
      frame.button.classList.toggle("waiting", frame.button.disabled);
    }
  }

  /** Takes frames down that will stay unfinished. */
  giveUp(): void {
    for (const { button } of this.#frames) {
      if (!button.disabled) continue;
      const run = button.closest(".run");
      button.closest("li")?.remove();
      if (run?.querySelector("li") === null) run.remove();
    }
  }

  #frame(recipe: Recipe): Frame {
    const { image_size: size } = this.#model.vae;
    const canvas = make("canvas", { set: { width: size, height: size } });
    const { label, index } = recipe;
    const name = this.#model.classes[label]!;
    const frame: Frame = {
      canvas,
      recipe,
      button: make("button", {
        class: "picture waiting",
        set: { type: "button", "aria-label": `${name}, number ${index}` },
        children: [
          canvas,
          make("span", { class: "caption", text: name }),
        ],
        onClick: () => {
          const { picture } = frame;
          if (picture !== undefined) this.#onOpen({ picture, recipe });
        },
      }),
    };
    frame.button.disabled = true;
    return frame;
  }
}
