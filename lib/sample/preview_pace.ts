/** Milliseconds between previews at least: eyes want no more. */
const SHORTEST_MS = 150;

/** What a preview costs, over the time until the next one, at most. */
const SHARE = 0.15;

/** Decides when a batch in the making is shown, so that showing it costs little. */
export class PreviewPace {
  readonly #now: () => number;
  readonly #share: number;
  #last: number;
  #costMs = 0;

  /**
   * @param now milliseconds of a steady clock
   * @param options.share of a preview's cost in the time until the next one
   */
  constructor(
    now: () => number,
    { share = SHARE }: { readonly share?: number } = {},
  ) {
    this.#now = now;
    this.#share = share;
    this.#last = now();
  }

  /** Whether enough time has passed. */
  get isDue(): boolean {
    const wait = Math.max(SHORTEST_MS, this.#costMs / this.#share);
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
