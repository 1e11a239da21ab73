/** Time in which at least one of several promises was open. */
export class WaitClock {
  #open = 0;
  #fromMs = 0;
  #doneMs = 0;

  /** In ms; grows while something is waited for. */
  get totalMs(): number {
    const now = this.#open > 0 ? performance.now() - this.#fromMs : 0;
    return this.#doneMs + now;
  }

  /** The promise, and the clock runs until it ends. */
  async during<T>(promise: Promise<T>): Promise<T> {
    if (this.#open++ === 0) this.#fromMs = performance.now();
    try {
      return await promise;
    } finally {
      if (--this.#open === 0) this.#doneMs += performance.now() - this.#fromMs;
    }
  }
}
