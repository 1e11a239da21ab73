import type { JsonRecord } from "../artifact/mod.ts";
import type { AnswerHead } from "./http_error.ts";

/** One request while it is answered. */
export interface Call {
  readonly request: Request;
  readonly url: URL;
  /** Set when the client has left, and when the server does not wait longer. */
  readonly signal: AbortSignal;
  /** Adds facts to the line of the log. */
  readonly note: (facts: JsonRecord) => void;
}

/** What a client gets. */
export interface Answer extends Partial<AnswerHead> {
  readonly body?: Uint8Array | AsyncIterable<Uint8Array>;
  /** Bytes of a body that comes in pieces, where that is known. */
  readonly bytes?: number;
}

/** Answers a call. */
export type Handler = (call: Call) => Answer | Promise<Answer>;

/** What there is at one path. */
export interface Route {
  /** By method; HEAD follows from GET. */
  readonly methods: Readonly<Partial<Record<"GET" | "POST", Handler>>>;
  /** True where no token is asked for. */
  readonly isOpen?: boolean;
}

/** Finds what there is at a path, as URLs write it. */
export type RouteLookup = (path: string) => Route | undefined;

/** An answer of JSON. */
export function jsonAnswer(value: unknown, head: Partial<AnswerHead> = {}) {
  const text = `${JSON.stringify(value)}\n`;
  return textAnswer(text, { ...head, type: "application/json" });
}

/** An answer of text. */
export function textAnswer(
  text: string,
  { type, headers, status = 200 }: Partial<AnswerHead> & {
    readonly type: string;
  },
): Answer {
  return {
    status,
    headers: { "Content-Type": type, "Cache-Control": "no-store", ...headers },
    body: new TextEncoder().encode(text),
  };
}
