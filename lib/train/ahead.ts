/** Things that are made ahead of their use, at most. */
const MOST = 2;

/** Bytes that they take together, about; one is made ahead whatever it takes. */
const MOST_BYTES = 2 ** 28;

/** How things are made that follow each other. */
export interface AheadOptions<T> {
  /** The first one, by its number, and the one after the last. */
  readonly from: number;
  readonly to: number;
  /** @param used one that was given back, whose memory may be used again */
  make(number: number, used?: T): T | Promise<T>;
  /** Bytes that one takes; none that counts unless given. */
  bytesOf?(made: T): number;
}

/**
 * Things that follow each other, of which the next are made while one is in use:
 * batches beside the engine's work. What is made does not depend on it.
 */
export class Ahead<T> {
  readonly #options: AheadOptions<T>;
  readonly #made: Promise<T>[] = [];
  readonly #used: T[] = [];
  readonly #started = performance.now();
  #next: number;
  #most = MOST;
  #waited = 0;

  constructor(options: AheadOptions<T>) {
    this.#options = options;
    this.#next = options.from;
  }

  /** The next one; waits until it is made. */
  async take(): Promise<T> {
    if (this.#made.length === 0) this.#make();
    const asked = performance.now();
    const made = await this.#made.shift()!;
    this.#waited += performance.now() - asked;
    const bytes = this.#options.bytesOf?.(made) ?? 0;
    this.#most = Math.max(1, Math.min(MOST, Math.floor(MOST_BYTES / bytes)));
    return made;
  }

  /** Starts to make those that come next; to be called once work is under way. */
  prepare(): void {
    while (this.#made.length < this.#most && this.#next < this.#options.to) {
      this.#make();
    }
  }

  /** Gives back one that is of no use any more. */
  giveBack(used: T): void {
    this.#used.push(used);
  }

  /** Share of the time since the start that was spent waiting, from 0 to 1. */
  get waited(): number {
    return this.#waited / Math.max(performance.now() - this.#started, 1e-9);
  }

  /** Waits for those that are being made and that nobody takes. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#made);
  }

  #make(): void {
    const { make } = this.#options;
    const number = this.#next++;
    const used = this.#used.pop();
    const made = (async () => await make(number, used))();
    // Whoever takes it sees what went wrong; nobody may come to that.
    made.catch(() => {});
    this.#made.push(made);
  }
}
