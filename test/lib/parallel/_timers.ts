type Id = ReturnType<typeof setInterval>;

/** Timers of `setInterval` that turn when a test says so. */
export class TestTimers implements Disposable {
  readonly #turns = new Map<Id, () => void>();
  readonly #ids: Id[] = [];
  readonly #replaced = { setInterval, clearInterval };

  constructor() {
    Object.assign(globalThis, {
      setInterval: (turn: () => void) => {
        // A number that the system knows, of a timer that never turns.
        const id = setTimeout(() => {}, 2 ** 31 - 1);
        this.#ids.push(id);
        this.#turns.set(id, turn);
        return id;
      },
      clearInterval: (id: Id) => void this.#turns.delete(id),
    });
  }

  /** How many have not been cleared. */
  get running(): number {
    return this.#turns.size;
  }

  /** Lets each turn once. */
  turn(): void {
    for (const turn of this.#turns.values()) turn();
  }

  [Symbol.dispose](): void {
    Object.assign(globalThis, this.#replaced);
    for (const id of this.#ids) clearTimeout(id);
  }
}
