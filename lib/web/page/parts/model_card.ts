import type { AdapterChoice } from "../../../engine/webgpu/mod.ts";
import { bytesText, memoryNeed, mostThatFit } from "../../model/memory.ts";
import type { WebModel } from "../../model/web_model.ts";
import { find, make } from "../dom.ts";

/** Where a model is. */
export type ModelState =
  | "away"
  | "kept"
  | "loading"
  | "open"
  | "broken";

/** What the card tells. */
export interface CardEvents {
  onLoad(): void;
  onEvict(): void;
  /** Called when a person has chosen another GPU. */
  onChooseGpu(): void;
}

/** Says what a model is, what it takes, and where it is. */
export class ModelCard {
  readonly #model: WebModel;
  readonly #text = find("#model-text", HTMLParagraphElement);
  readonly #trouble = find("#model-trouble", HTMLParagraphElement);
  readonly #load = find("#load", HTMLButtonElement);
  readonly #evict = find("#evict", HTMLButtonElement);
  readonly #gpu = find("#gpu", HTMLSelectElement);
  #adapters: readonly AdapterChoice[] = [];

  constructor(
    model: WebModel,
    { onLoad, onEvict, onChooseGpu }: CardEvents,
  ) {
    this.#model = model;
    const kinds = model.classes.length;
    const { image_size: size } = model.vae;
    document.title = `${model.name} · SphereAR`;
    find("#name", HTMLHeadingElement).textContent = model.name;
    find("#tagline", HTMLParagraphElement).textContent =
      `Draws new pictures of ${kinds} kinds of things, ${size} × ${size} ` +
      "pixels each, on your own device.";
    this.#load.addEventListener("click", onLoad);
    this.#evict.addEventListener("click", onEvict);
    this.#gpu.addEventListener("change", () => {
      this.#checkFit();
      onChooseGpu();
    });
  }

  /** Says where the model is, and what can be done with it. */
  show(
    state: ModelState,
    { device, isEmbedded }: {
      readonly device?: string;
      readonly isEmbedded: boolean;
    },
  ): void {
    const { weights, total } = memoryNeed(this.#model, 1);
    const takes = `It needs about ${bytesText(total)} of the GPU's memory`;
    const texts: Readonly<Record<ModelState, string>> = {
      away: `${bytesText(weights)} to download once. ${takes}.`,
      kept: `Already in this browser. ${takes}.`,
      loading: `${takes}.`,
      open: `Ready on ${device}.${
        isEmbedded ? "" : " It is kept in this browser and works offline."
      }`,
      broken: `${bytesText(weights)}. ${takes}.`,
    };
    this.#text.textContent = texts[state];
    this.#gpu.disabled = state === "loading";
    this.#load.hidden = state !== "away" && state !== "broken";
    this.#load.textContent = state === "broken"
      ? "Try again"
      : `Download ${bytesText(weights)}`;
    this.#evict.hidden = isEmbedded || !["kept", "open"].includes(state);
  }

  /** How the chosen GPU is asked for. */
  get adapter(): GPURequestAdapterOptions {
    return this.#chosen?.options ?? {};
  }

  get #chosen(): AdapterChoice | undefined {
    return this.#adapters[this.#gpu.selectedIndex];
  }

  /**
   * Lets people choose among GPUs, where there are several, and says where the
   * model does not fit the chosen one.
   */
  offer(adapters: readonly AdapterChoice[]): void {
    this.#adapters = adapters;
    this.#gpu.replaceChildren(
      ...adapters.map(({ name, isSoftware }) =>
        make("option", { text: isSoftware ? `${name} (software)` : name })
      ),
    );
    find("#gpu-field", HTMLDivElement).hidden = adapters.length < 2;
    this.#checkFit();
  }

  /** Says what is wrong, or no longer anything. */
  trouble(text: string | undefined): void {
    this.#trouble.hidden = text === undefined;
    this.#trouble.textContent = text ?? "";
  }

  /** Compares what the model needs with what the GPU has. */
  #checkFit(): void {
    const most = this.#chosen?.maxBufferBytes ?? Infinity;
    const fitting = mostThatFit(this.#model, most);
    if (fitting > 0) return this.trouble(undefined);
    const { largest } = memoryNeed(this.#model, 1);
    const smaller = this.#model.weights === "q8"
      ? "a smaller model"
      : "a smaller model, or this one exported with --weights-dtype q8";
    this.trouble(
      `This model does not fit: one piece of it takes ${bytesText(largest)}, ` +
        `and this GPU gives pages ${bytesText(most)} at once. What would fit ` +
        `is ${smaller}.`,
    );
  }
}
