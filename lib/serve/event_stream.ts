/** Comments keep connections open on which nothing happens. */
const HEARTBEAT_MS = 15_000;

interface Pending {
  readonly event: string;
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
   * @param options.replaces whether it takes the place of an event of this name
   *   that waits last, as news of progress do: slow clients see fewer
   */
  send(
    event: string,
    data: unknown,
    { replaces = false }: { readonly replaces?: boolean } = {},
  ): void {
    if (this.#isEnded) return;
    const text = `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
    if (replaces && this.#pending.at(-1)?.event === event) this.#pending.pop();
    this.#pending.push({ event, text });
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
