/** Milliseconds between previews at least: eyes want no more. */
const SHORTEST_MS = 150;

/** Share of the time that previews may take. */
const SHARE = 0.15;

/** Decides when a batch in the making is shown, so that showing it costs little. */
export class PreviewPace {
  readonly #now: () => number;
  #last: number;
  #costMs = 0;

  /** @param now milliseconds of a steady clock */
  constructor(now: () => number) {
    this.#now = now;
    this.#last = now();
  }

  /** Whether enough time has passed. */
  get isDue(): boolean {
    const wait = Math.max(SHORTEST_MS, this.#costMs / SHARE);
    return this.#now() - this.#last >= wait;
  }

  /** Makes a preview and remembers what it cost. */
  async show<T>(preview: () => Promise<T>): Promise<T> {
    const start = this.#now();
    const shown = await preview();
    this.#last = this.#now();
    this.#costMs = this.#last - start;
    return shown;
  }
}
