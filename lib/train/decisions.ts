import { UserError } from "../artifact/mod.ts";
import type { Collective } from "../parallel/mod.ts";

/** What is done between two steps. */
export interface Decision {
  /** Whether the state is saved. */
  readonly save: boolean;
  /** Whether the training ends here. */
  readonly stop: boolean;
}

/** What a decision is made by. */
export interface DecisionRules {
  /** Wall time between checkpoints. */
  readonly checkpointSeconds: number;
  readonly signal: AbortSignal;
  /** Ranks that must decide alike; this process alone unless given. */
  readonly collective?: Collective | undefined;
}

/**
 * When a training saves and when it stops, which all ranks do after the same
 * step: the first one's clock counts, and a signal to any of them.
 */
export class Decisions {
  readonly #rules: DecisionRules;
  readonly #ranks: Collective | undefined;
  #savedMs = performance.now();

  constructor(rules: DecisionRules) {
    const { collective } = rules;
    this.#rules = rules;
    this.#ranks = collective?.size === 1 ? undefined : collective;
  }

  /**
   * What all do after a step. Ranks ask each other only now, when they are at
   * one place: who waits for messages keeps a processor busy.
   */
  async afterStep(): Promise<Decision> {
    const own = this.#own();
    return this.#ranks === undefined ? own : await askAll(this.#ranks, own);
  }

  /** The state was saved. */
  saved(): void {
    this.#savedMs = performance.now();
  }

  #own(): Decision {
    const { checkpointSeconds, signal } = this.#rules;
    const sinceMs = performance.now() - this.#savedMs;
    return {
      save: sinceMs >= 1000 * checkpointSeconds,
      stop: signal.aborted,
    };
  }
}

async function askAll(
  collective: Collective,
  { save, stop }: Decision,
): Promise<Decision> {
  const answers = Array.from(
    { length: collective.size },
    () => new Uint8Array(2),
  );
  await collective.gather(Uint8Array.of(Number(save), Number(stop)), answers);
  return {
    save: answers[0]![0] === 1,
    stop: answers.some(([, stops]) => stops === 1),
  };
}

/**
 * Makes sure that all ranks go on from one step.
 *
 * @throws {UserError} on all of them where they have found different states
 */
export async function requireOneStart(
  collective: Collective,
  step: number,
): Promise<void> {
  const { size } = collective;
  const steps = new Float64Array(size);
  const into = Array.from(steps, (_, rank) => bytesAt(steps, rank));
  await collective.gather(bytesAt(Float64Array.of(step), 0), into);
  const other = steps.findIndex((found) => found !== steps[0]);
  if (other < 0) return;
  throw new UserError(
    `Cannot go on with ${size} ranks: rank 0 found a state after ` +
      `${steps[0]} steps, rank ${other} one after ${steps[other]}; expected ` +
      "a folder that all ranks share",
  );
}

function bytesAt({ buffer, BYTES_PER_ELEMENT }: Float64Array, at: number) {
  return new Uint8Array(buffer, at * BYTES_PER_ELEMENT, BYTES_PER_ELEMENT);
}
