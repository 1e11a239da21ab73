import {
  AbortError,
  type Collective,
  type Environment,
  launchedByMpi,
  openCollective,
} from "../parallel/mod.ts";

/** What all ranks refuse alike is told by rank 0, within this time. */
const FIRST_TELLS_MS = 2000;

/** Others come to where they can be ended within this time, or not at all. */
const MEET_MS = 10_000;

/** Ranks that stop after the same step end together, within this time. */
const LEAVE_MS = 10_000;

/** This process among those that a launcher of MPI has started. */
export class LaunchedRanks {
  readonly #environment: Environment;
  readonly #rank: number;
  #together = false;
  #opened: Promise<Collective> | undefined;

  constructor(environment: Environment) {
    this.#environment = environment;
    this.#rank = launchedByMpi(environment)?.rank ?? 0;
  }

  /** Says that what is run now is run by all of them together. */
  expect(): void {
    this.#together = true;
  }

  /** Whether another one speaks for this one. */
  get follows(): boolean {
    return this.#rank > 0;
  }

  /** All of them; later calls give the same. */
  open(): Promise<Collective> {
    return this.#opened ??= openCollective(this.#environment);
  }

  /**
   * Tells why this one ends, and ends the others with it.
   *
   * @param tell says it where nobody else has to be ended
   */
  async fail(reason: string, tell: (reason: string) => void): Promise<void> {
    // Others may wait where MPI starts, and would wait for ever.
    if (this.#together) this.open().catch(() => {});
    const [ranks] = await Promise.all([
      Promise.race([this.#others(), pause(MEET_MS)]),
      this.follows ? pause(FIRST_TELLS_MS) : undefined,
    ]);
    if (ranks === undefined) tell(reason);
    else await ranks.abort(reason).catch(onlyAborted);
  }

  /** Ends the work together, where all are about to. */
  async close(): Promise<void> {
    await (await this.#others())?.close();
  }

  /** The same where this one was asked to stop: the others may not have been. */
  async leave(): Promise<void> {
    const ranks = await this.#others();
    if (ranks === undefined) return;
    const left = ranks.close().then(() => true);
    if (await Promise.race([left, pause(LEAVE_MS)])) return;
    await ranks.abort("stopped by the user").catch(onlyAborted);
  }

  async #others(): Promise<Collective | undefined> {
    const ranks = await this.#opened?.catch(() => undefined);
    return ranks === undefined || ranks.size === 1 ? undefined : ranks;
  }
}

function onlyAborted(error: unknown): void {
  if (!(error instanceof AbortError)) throw error;
}

function pause(ms: number): Promise<undefined> {
  return new Promise((done) => setTimeout(() => done(undefined), ms));
}
