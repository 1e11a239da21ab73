import type { JsonRecord } from "../artifact/mod.ts";
import type { AccessRecord } from "./access_log.ts";
import type { Guard } from "./guard.ts";
import { HttpError } from "./http_error.ts";
import { type Ending, pacedBody, piecesOf } from "./paced_body.ts";
import {
  type Answer,
  type Call,
  type Handler,
  jsonAnswer,
  type Route,
  type RouteLookup,
} from "./route.ts";

/** On every answer: browsers guess no types, tell no one, lend nothing. */
const ALWAYS = {
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Resource-Policy": "same-origin",
};

/** Logged of clients that left before they were answered; nobody gets it. */
const LEFT_STATUS = 499;

/** What a call needs of its server. */
export interface CallOptions {
  readonly guard: Guard;
  readonly routes: RouteLookup;
  readonly idleMs: number;
  /** Set when the server waits no longer. */
  readonly stop: AbortSignal;
  onAnswered(record: AccessRecord): void;
  onBug(error: unknown): void;
}

/** One request, from its head to the end of its answer. */
export class LiveCall implements Call {
  readonly request: Request;
  readonly url: URL;
  readonly signal: AbortSignal;
  /** Fulfilled when the answer was sent, or the client has left. */
  readonly ended: Promise<void>;
  readonly #options: CallOptions;
  readonly #controller = new AbortController();
  readonly #time = new Date();
  readonly #startMs = performance.now();
  #facts: JsonRecord = {};
  readonly note = (facts: JsonRecord): void => {
    this.#facts = { ...this.#facts, ...facts };
  };
  #bytes = 0;
  #settle!: () => void;

  constructor(request: Request, options: CallOptions) {
    this.request = request;
    this.#options = options;
    this.url = new URL(pathIn(request.url), "http://here");
    this.signal = AbortSignal.any([this.#controller.signal, options.stop]);
    this.ended = new Promise((resolve) => this.#settle = resolve);
  }

  /**
   * The response.
   *
   * @param options.isTaken false where the server is too busy, or stops
   */
  async answer({ isTaken }: { readonly isTaken: boolean }): Promise<Response> {
    const { signal } = this.request;
    const leave = () => this.#controller.abort(left());
    signal.addEventListener("abort", leave);
    try {
      return this.#response(await this.#route(isTaken));
    } catch (error) {
      return this.#response(this.#refusal(error));
    } finally {
      signal.removeEventListener("abort", leave);
    }
  }

  /** Asks the guard, then the route. */
  async #route(isTaken: boolean): Promise<Answer> {
    const { guard, routes } = this.#options;
    const { request, url } = this;
    guard.checkOrigin(request);
    if (!isTaken) {
      throw new HttpError("Too many requests at once", {
        status: 503,
        headers: { "Retry-After": "1", Connection: "close" },
      });
    }
    const cookie = guard.cookieFor(url.searchParams.get("token") ?? "");
    if (cookie !== undefined) {
      const headers = { "Set-Cookie": cookie, Location: url.pathname };
      return { status: 303, headers };
    }
    const route = routes(url.pathname);
    if (!route?.isOpen) guard.checkToken(request);
    return await handlerOf(route, request.method)(this);
  }

  #refusal(error: unknown): Answer {
    if (error instanceof HttpError) {
      const { status, headers, message } = error;
      return jsonAnswer({ error: message }, { status, headers });
    }
    if (this.signal.aborted) {
      const isLeft = this.#controller.signal.aborted;
      const status = isLeft ? LEFT_STATUS : 503;
      return jsonAnswer({ error: "The server stops" }, { status });
    }
    this.#options.onBug(error);
    const message = "Internal error: the server's log says more";
    return jsonAnswer({ error: message }, { status: 500 });
  }

  #response({ status = 200, headers, body, bytes }: Answer): Response {
    const isWhole = body instanceof Uint8Array;
    const length = isWhole ? body.length : bytes;
    const all = new Headers({ ...ALWAYS, ...headers });
    if (length !== undefined) all.set("Content-Length", `${length}`);
    const isBare = body === undefined || this.request.method === "HEAD" ||
      this.signal.aborted && status === LEFT_STATUS;
    if (isBare) {
      this.#end(status, "sent");
      return new Response(null, { status, headers: all });
    }
    const pieces = isWhole ? piecesOf(body) : body;
    const stream = pacedBody(this.#counted(pieces), {
      idleMs: this.#options.idleMs,
      onEnd: (ending, error) => this.#end(status, ending, error),
    });
    return new Response(stream, { status, headers: all });
  }

  async *#counted(
    pieces: AsyncIterable<Uint8Array>,
  ): AsyncGenerator<Uint8Array> {
    for await (const piece of pieces) {
      this.#bytes += piece.length;
      yield piece;
    }
  }

  #end(status: number, ending: Ending, error?: unknown): void {
    if (ending !== "sent") {
      this.note({ ended: ending });
      this.#controller.abort(left());
    }
    if (ending === "failed" && !this.signal.aborted) {
      this.#options.onBug(error);
    }
    const { method } = this.request;
    this.#options.onAnswered({
      time: this.#time,
      method,
      path: this.url.pathname,
      status,
      durationMs: performance.now() - this.#startMs,
      bytes: this.#bytes,
      facts: this.#facts,
    });
    this.#settle();
  }
}

function left(): DOMException {
  return new DOMException("The client has left", "AbortError");
}

/** @throws {HttpError} 404 or 405 */
function handlerOf(route: Route | undefined, method: string): Handler {
  if (route === undefined) {
    throw new HttpError("There is nothing at this path", { status: 404 });
  }
  const { GET, POST } = route.methods;
  const handlers: Readonly<Record<string, Handler | undefined>> = {
    GET,
    HEAD: GET,
    POST,
  };
  const handler = Object.hasOwn(handlers, method)
    ? handlers[method]
    : undefined;
  if (handler !== undefined) return handler;
  const Allow = Object.keys(handlers).filter((name) => handlers[name])
    .join(", ");
  throw new HttpError(`Cannot ${method} this: expected ${Allow}`, {
    status: 405,
    headers: { Allow },
  });
}

/** Path and query of a URL whose host may be anything. */
function pathIn(url: string): string {
  const path = /^[a-z]+:\/\/[^/?#]*(\/[^#]*)?/i.exec(url)?.[1] ?? "/";
  // Two slashes would be a host.
  return path.replace(/^\/+/, "/");
}
