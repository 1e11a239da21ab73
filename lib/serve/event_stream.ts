/** Comments keep connections open on which nothing happens. */
const HEARTBEAT_MS = 15_000;

interface Pending {
  readonly about: string | undefined;
  readonly text: string;
}

/** Server-sent events on their way to one client. */
export class EventStream implements AsyncIterable<Uint8Array> {
  #pending: Pending[] = [];
  #isEnded = false;
  #wake: () => void = () => {};

  /**
   * Sends an event with data as JSON.
   *
   * @param options.about what it is news of: what still waits about the same is
   *   dropped, so that slow clients see fewer
   */
  send(
    event: string,
    data: unknown,
    { about }: { readonly about?: string } = {},
  ): void {
    if (this.#isEnded) return;
    const text = `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
    if (about !== undefined) {
      this.#pending = this.#pending.filter((other) => other.about !== about);
    }
    this.#pending.push({ about, text });
    this.#wake();
  }

  /** Ends the stream after what waits. */
  end(): void {
    this.#isEnded = true;
    this.#wake();
  }

  /** Bytes of the events, and of comments where none come. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    const encoder = new TextEncoder();
    for (;;) {
      const next = this.#pending.shift();
      if (next !== undefined) yield encoder.encode(next.text);
      else if (this.#isEnded) return;
      else if (!await this.#news()) yield encoder.encode(": waiting\n\n");
    }
  }

  /** Waits for something new; false where it takes long. */
  #news(): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), HEARTBEAT_MS);
      this.#wake = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }
}
