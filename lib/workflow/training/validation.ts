import type { JsonRecord } from "../../artifact/mod.ts";
import { encodePng, type Picture } from "../../image/mod.ts";
import type { Logger } from "../../pipeline/mod.ts";
import type { Moment, Pause } from "../../train/mod.ts";
import type { LogFolder } from "./log_folder.ts";
import { contentOf, GROWING, type Product, stepLabel } from "./milestones.ts";

/** What a validation found. */
export interface Validated {
  readonly figures: Readonly<Record<string, number>>;
  readonly picture?: Picture<3>;
}

/** How a training is validated. */
export interface Validator {
  /** The figure by which the best weights are chosen. */
  readonly by: string;
  readonly better: "higher" | "lower";
  /** Whether it finds a picture too. */
  readonly draws: boolean;
  measure(moment: Moment): Promise<Validated>;
}

/** When and where. */
export interface ValidationOptions extends Product {
  readonly every: number;
  readonly steps: number;
  /** Whether the best weights so far stay beside the output. */
  readonly keepBest: boolean;
  readonly messages: Logger;
  /** The folder of the training's log, where there is one. */
  logFolder(): LogFolder | undefined;
}

const BEST = "best";

/** A grid of held-out images beside the output. */
const GRID = { kind: "file", extension: "png" } as const;

/**
 * Validates now and then and at the end; says and logs what it finds.
 *
 * @throws {UserError} at once where it would replace what others made
 */
export async function validation(
  validator: Validator,
  options: ValidationOptions,
): Promise<Pause> {
  const { every, steps, messages } = options;
  await requirePlaces(validator, options);
  const best = new Best(validator, options);
  return {
    due: (step) => step % every === 0 || step === steps,
    async run(moment) {
      const { step } = moment;
      const { figures, picture } = await validator.measure(moment);
      const words = Object.entries(figures)
        .map(([name, value]) => `${name} ${value.toFixed(4)}`);
      messages.info(`step ${step}: held-out ${words.join(", ")}`);
      options.logFolder()?.writeFigures(step, figures);
      if (picture) await writePicture(picture, step, options);
      if (options.keepBest) await best.take(moment, figures);
    },
  };
}

async function writePicture(
  picture: Picture<3>,
  step: number,
  { output, logFolder }: ValidationOptions,
): Promise<void> {
  const png = await encodePng(picture);
  await logFolder()?.writePicture(step, { ...picture, png });
  if (output.path === undefined) return;
  await output.beside(stepLabel(step), GRID).writeFile(png);
}

/** Looks at all places beside the output that validations write. */
async function requirePlaces(
  { draws }: Validator,
  { output, every, steps, keepBest }: ValidationOptions,
): Promise<void> {
  if (keepBest) await output.beside(BEST).requireFree();
  if (!draws || output.path === undefined) return;
  for (let step = every; step < steps + every; step += every) {
    const label = stepLabel(Math.min(step, steps));
    await output.beside(label, GRID).requireFree();
  }
}

/** The best weights so far, beside the output. */
class Best {
  readonly #validator: Validator;
  readonly #product: Product;
  /** Figure of the best ones; undefined before the first look at the file. */
  #figure: number | undefined;

  constructor(validator: Validator, product: Product) {
    this.#validator = validator;
    this.#product = product;
  }

  /** Keeps the weights of a moment where they are better than any before. */
  async take(
    moment: Moment,
    figures: Readonly<Record<string, number>>,
  ): Promise<void> {
    const { by, better } = this.#validator;
    const sign = better === "higher" ? 1 : -1;
    const figure = figures[by]!;
    this.#figure ??= await this.#earlier(moment.step) ?? -sign * Infinity;
    if (!(sign * figure > sign * this.#figure)) return;
    this.#figure = figure;
    const { output, config } = this.#product;
    const { step } = moment;
    const said: JsonRecord = { ...config, step, validation: figures };
    await output.beside(BEST)
      .write(contentOf(await moment.result(), said));
  }

  /** The figure of weights that this training kept before a step. */
  async #earlier(step: number): Promise<number | undefined> {
    const { output } = this.#product;
    const slot = output.beside(BEST);
    const reader = await slot.former(GROWING);
    if (reader === undefined) return undefined;
    reader.close();
    const { step: before, validation } = reader.config as {
      step?: number;
      validation?: Readonly<Record<string, number>>;
    };
    // What was kept after this step comes again, at its own step.
    if (typeof before !== "number" || before >= step) return undefined;
    return validation?.[this.#validator.by];
  }
}
