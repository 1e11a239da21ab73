/** An event of the browser, with the target that it is about. */
interface DevtoolsEvent {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly sessionId?: string;
}

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

type Listener = (event: DevtoolsEvent) => void;

/** A connection to a browser by the Chrome DevTools Protocol. */
export class Devtools {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #listeners = new Set<Listener>();
  #last = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => this.#take(String(data)));
    socket.addEventListener("close", () => {
      for (const { reject } of this.#waiting.values()) {
        reject(new Error("The browser has gone"));
      }
    });
  }

  /** Connects to the address that the browser has told. */
  static async connect(address: string): Promise<Devtools> {
    const socket = new WebSocket(address);
    await new Promise((resolve, reject) => {
      socket.addEventListener("open", resolve);
      socket.addEventListener("error", reject);
    });
    return new Devtools(socket);
  }

  /** Runs a method of the protocol and gives its result. */
  async send(
    method: string,
    params: object = {},
    { session: sessionId }: { readonly session?: string } = {},
    // deno-lint-ignore no-explicit-any -- the protocol's own types are not here
  ): Promise<any> {
    const id = ++this.#last;
    const answer = Promise.withResolvers<unknown>();
    this.#waiting.set(id, answer);
    this.#socket.send(JSON.stringify({ id, method, params, sessionId }));
    return await answer.promise;
  }

  /** Calls a listener with every event. */
  listen(listener: Listener): void {
    this.#listeners.add(listener);
  }

  /** Ends the connection. */
  async close(): Promise<void> {
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    const closed = new Promise((resolve) =>
      this.#socket.addEventListener("close", resolve)
    );
    this.#socket.close();
    await closed;
  }

  #take(text: string): void {
    const message = JSON.parse(text) as Answer | DevtoolsEvent;
    if ("method" in message) {
      for (const listener of this.#listeners) listener(message);
      return;
    }
    const { id, result, error } = message;
    const answer = this.#waiting.get(id)!;
    this.#waiting.delete(id);
    if (error === undefined) answer.resolve(result);
    else answer.reject(new Error(error.message));
  }
}
