const FREE = 0, TAKEN = 1;

/** Milliseconds between two looks; what takes turns takes many more. */
const PAUSE = 5;

/** A place at which only one is at a time, of one thread or of several. */
export class Turn {
  readonly #cell: Int32Array<SharedArrayBuffer>;

  /** @param cell [1], shared by the threads that take turns; zero at first */
  constructor(cell = new Int32Array(new SharedArrayBuffer(4))) {
    this.#cell = cell;
  }

  /** Runs something while nobody else is there. */
  async take<T>(run: () => Promise<T>): Promise<T> {
    while (Atomics.compareExchange(this.#cell, 0, FREE, TAKEN) !== FREE) {
      // Atomics.waitAsync would not keep Deno's event loop alive.
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
    try {
      return await run();
    } finally {
      Atomics.store(this.#cell, 0, FREE);
    }
  }
}
