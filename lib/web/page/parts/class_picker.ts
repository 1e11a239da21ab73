import { find, make } from "../dom.ts";
import { classesLike } from "../../wish/class_words.ts";

/** Classes that the list shows at once. */
const SHOWN = 60;

/** The field where classes are searched and chosen: a combobox with chips. */
export class ClassPicker {
  readonly #classes: readonly string[];
  readonly #input = find("#class-search", HTMLInputElement);
  readonly #list = find("#class-list", HTMLUListElement);
  readonly #chips = find("#chosen", HTMLDivElement);
  readonly #onChange: () => void;
  #labels: readonly number[] = [];
  #offered: readonly number[] = [];
  #active = -1;

  constructor(classes: readonly string[], onChange: () => void) {
    this.#classes = classes;
    this.#onChange = onChange;
    find("#class-hint", HTMLParagraphElement).textContent =
      `Several take turns; none means all ${classes.length} in turn.`;
    this.#input.addEventListener("input", () => this.#offer());
    this.#input.addEventListener("focus", () => this.#offer());
    this.#input.addEventListener("blur", () => this.#close());
    this.#input.addEventListener("keydown", (event) => this.#key(event));
    // The field would lose the focus before the click is known.
    this.#list.addEventListener("mousedown", (event) => event.preventDefault());
  }

  /** The chosen classes in their order. */
  get labels(): readonly number[] {
    return this.#labels;
  }

  set labels(labels: readonly number[]) {
    this.#labels = labels;
    this.#chips.replaceChildren(...labels.map((label) => this.#chip(label)));
  }

  #chip(label: number): HTMLElement {
    const name = this.#classes[label]!;
    return make("button", {
      class: "chip",
      text: name,
      set: { type: "button", "aria-label": `Remove ${name}` },
      onClick: () => {
        this.#choose(this.#labels.filter((other) => other !== label));
        this.#input.focus();
      },
    });
  }

  #choose(labels: readonly number[]): void {
    this.labels = labels;
    this.#onChange();
  }

  #offer(): void {
    this.#offered = classesLike(this.#input.value, this.#classes)
      .filter((label) => !this.#labels.includes(label))
      .slice(0, SHOWN);
    this.#activate(this.#input.value === "" ? -1 : 0);
    this.#list.hidden = this.#offered.length === 0;
    this.#input.setAttribute("aria-expanded", String(!this.#list.hidden));
  }

  #activate(position: number): void {
    this.#active = Math.max(-1, Math.min(position, this.#offered.length - 1));
    const options = this.#offered.map((label, i) =>
      make("li", {
        text: this.#classes[label]!,
        set: {
          id: `class-${label}`,
          role: "option",
          "aria-selected": String(i === this.#active),
        },
        onClick: () => this.#add(label),
      })
    );
    this.#list.replaceChildren(...options);
    const active = options[this.#active];
    this.#input.setAttribute("aria-activedescendant", active?.id ?? "");
    active?.scrollIntoView({ block: "nearest" });
  }

  #add(label: number): void {
    this.#input.value = "";
    this.#choose([...this.#labels, label]);
    this.#offer();
  }

  #close(): void {
    this.#list.hidden = true;
    this.#input.setAttribute("aria-expanded", "false");
  }

  #key(event: KeyboardEvent): void {
    const { key } = event;
    const label = this.#offered[this.#active];
    if (key === "ArrowDown" && this.#list.hidden) this.#offer();
    else if (key === "ArrowDown") this.#activate(this.#active + 1);
    else if (key === "ArrowUp") this.#activate(this.#active - 1);
    else if (key === "Escape" && !this.#list.hidden) this.#close();
    else if (key === "Backspace" && this.#input.value === "") {
      this.#choose(this.#labels.slice(0, -1));
      this.#offer();
      return;
    } else if (key === "Enter" && !this.#list.hidden && label !== undefined) {
      this.#add(label);
    } else return;
    event.preventDefault();
  }
}
