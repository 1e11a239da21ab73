import { CFG_SCHEDULES, SOLVERS } from "../../../sample/mod.ts";
import type { WebModel } from "../../model/web_model.ts";
import { stepsIn, type Wish } from "../../wish/wish.ts";
import { find } from "../dom.ts";
import { ClassPicker } from "./class_picker.ts";

/** Largest seed that the button draws: short enough to be told by people. */
const DRAWN_SEEDS = 100_000;

/** What the form tells. */
export interface FormEvents {
  /** Called when the wish changed. */
  onChange(wish: Wish): void;
  /** Called when it shall be drawn. */
  onMake(wish: Wish): void;
  onCancel(): void;
}

/** The form where a person says what to draw. */
export class WishForm {
  readonly #form = find("#wish", HTMLFormElement);
  readonly #fields = {
    seed: find("#seed", HTMLInputElement),
    first: find("#first", HTMLInputElement),
    count: find("#count", HTMLInputElement),
    cfg: find("#cfg", HTMLInputElement),
    steps: find("#steps", HTMLInputElement),
  };
  readonly #schedule = find("#schedule", HTMLSelectElement);
  readonly #solver = find("#solver", HTMLSelectElement);
  readonly #make = find("#make", HTMLButtonElement);
  readonly #cancel = find("#cancel", HTMLButtonElement);
  readonly #picker: ClassPicker;
  readonly #events: FormEvents;

  constructor({ classes }: WebModel, events: FormEvents) {
    this.#events = events;
    this.#picker = new ClassPicker(classes, () => this.#changed());
    this.#form.addEventListener("change", () => this.#changed());
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!this.#make.disabled) events.onMake(this.wish);
    });
    this.#cancel.addEventListener("click", () => events.onCancel());
    find("#dice", HTMLButtonElement).addEventListener("click", () => {
      const seed = Math.floor(Math.random() * DRAWN_SEEDS);
      this.#fields.seed.value = String(seed);
      this.#changed();
    });
  }

  /** What the form says. */
  get wish(): Wish {
    const { seed, first, count, cfg, steps } = this.#fields;
    return {
      labels: this.#picker.labels,
      seed: seed.valueAsNumber,
      first: first.valueAsNumber,
      count: count.valueAsNumber,
      choice: {
        solver: SOLVERS.find((each) => each === this.#solver.value)!,
        steps: stepsIn(steps.value)!,
        cfg: cfg.valueAsNumber,
        cfgSchedule: CFG_SCHEDULES
          .find((each) => each === this.#schedule.value)!,
      },
    };
  }

  set wish({ labels, seed, first, count, choice }: Wish) {
    this.#picker.labels = labels;
    const { cfg, steps, solver, cfgSchedule } = choice;
    const values = { seed, first, count, cfg, steps };
    for (const key of Object.keys(values) as (keyof typeof values)[]) {
      this.#fields[key].value = String(values[key]);
    }
    this.#solver.value = solver;
    this.#schedule.value = cfgSchedule;
    this.#title();
  }

  /** Whether pictures can be asked for, and whether some are in the making. */
  allow(
    { making, ready }: { readonly making: boolean; readonly ready: boolean },
  ): void {
    this.#make.disabled = making || !ready;
    this.#cancel.hidden = !making;
  }

  #changed(): void {
    const { steps } = this.#fields;
    const isGood = stepsIn(steps.value) !== undefined;
    steps.setCustomValidity(isGood ? "" : "Such as 25, or 50:5");
    this.#title();
    if (this.#form.checkValidity()) this.#events.onChange(this.wish);
  }

  #title(): void {
    const count = this.#fields.count.value;
    this.#make.textContent = count === "1"
      ? "Draw a picture"
      : `Draw ${count} pictures`;
  }
}
