import { add, input, mul, type Node, type Tensor } from "../tensor/mod.ts";
import { mapValues } from "./records.ts";

/** A scalar that a training lowers or watches: a mean over the batch. */
export interface Term<Forward> {
  /** What it is called in logs. */
  readonly name: string;
  /** Its share of the loss; of weight 0 it is reported alone. */
  readonly weight: number;
  /** First step (from 0) at which it has a share; 0 unless given. */
  readonly from?: number;
  /** Steps from there over which its weight grows to the whole; 0 unless given. */
  readonly warmup?: number;
  of(forward: Forward): Tensor;
}

/** Weight of a term at a step (from 0). */
export function weightAt(
  { weight, from = 0, warmup = 0 }: Omit<Term<never>, "name" | "of">,
  step: number,
): number {
  if (step < from) return 0;
  return step >= from + warmup ? weight : weight * (step - from) / warmup;
}

/**
 * A loss as a list of weighted terms. Weights that change from step to step are
 * inputs, so that one program serves all steps.
 */
export class Objective<Forward> {
  /** Leaves of the weights that change, for the inputs of a step. */
  readonly inputs: Readonly<Record<string, Node<"input">>>;
  /** Their numbers, for the scalars of a step. */
  readonly scalars: Readonly<Record<string, (step: number) => number>>;
  readonly #terms: readonly Term<Forward>[];

  constructor(terms: readonly Term<Forward>[]) {
    const changing = Object.fromEntries(
      terms.filter(changes).map((term) => [weightName(term.name), term]),
    );
    this.#terms = terms;
    this.inputs = mapValues(changing, (_, name) => input(name, []));
    this.scalars = mapValues(
      changing,
      (term) => (step) => weightAt(term, step),
    );
  }

  /**
   * The loss, and each of its terms where there are several.
   *
   * @throws {TypeError} when no term has a weight
   */
  of(
    forward: Forward,
  ): { loss: Tensor; reported: Readonly<Record<string, Tensor>> } {
    const reported: Record<string, Tensor> = {};
    const shares: Tensor[] = [];
    for (const term of this.#terms) {
      const value = term.of(forward);
      reported[term.name] = value;
      if (term.weight !== 0) shares.push(this.#weighted(term, value));
    }
    if (shares.length === 0) {
      throw new TypeError("Cannot make a loss: no term has a weight");
    }
    const loss = shares.reduce((total, share) => add(total, share));
    return { loss, reported: this.#terms.length > 1 ? reported : {} };
  }

  #weighted(term: Term<Forward>, value: Tensor): Tensor {
    const input = this.inputs[weightName(term.name)];
    if (input !== undefined) return mul(value, input);
    return term.weight === 1 ? value : mul(value, term.weight);
  }
}

/** Whether a term's weight is not the same at all steps. */
function changes({ weight, from = 0, warmup = 0 }: Term<never>): boolean {
  return weight !== 0 && (from > 0 || warmup > 0);
}

/** Name of the input that is the weight of a term. */
function weightName(term: string): string {
  return `weight/${term}`;
}
