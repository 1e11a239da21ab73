import { UserError } from "../artifact/mod.ts";
import { Interruption } from "./interruption.ts";
import { type Answer, wholeNumber } from "./request.ts";

/** One state of a file on a server. */
export interface Version {
  readonly bytes: number;
  /** What the Hub says of it. */
  readonly sha256?: string;
  /** A strong ETag, else the time of the last change: what `If-Range` takes. */
  readonly validator?: string;
}

/** Bytes of a file that a server gives. */
export interface Piece {
  /** First byte that it has. */
  readonly start: number;
  readonly version: Version;
  readonly body: ReadableStream<Uint8Array>;
}

/** Longest wait that a server can ask for. */
const MAX_WAIT_MS = 120_000;

/**
 * What an answer gives of a file: all of it, or from some byte on.
 *
 * @param options.name what people call the file
 * @param options.bytes its size, where that is known
 * @throws {UserError} where it is refused, not there or of another size
 * @throws {Interruption} where another attempt may get it
 */
export function pieceOf(
  { response, place, hub }: Answer,
  { name, bytes, hasToken }: {
    readonly name: string;
    readonly bytes?: number | undefined;
    readonly hasToken: boolean;
  },
): Piece {
  const { status, headers, body } = response;
  const fail = (detail: string) =>
    new UserError(`Cannot fetch "${name}": ${detail}`);
  if (status !== 200 && status !== 206 || body === null) {
    throw refusal(response, { place, hasToken, fail });
  }
  const range = status === 206 ? rangeOf(headers) : undefined;
  if (status === 206 && range === undefined) {
    throw new Interruption("the server gave other bytes than it was asked for");
  }
  const coding = headers.get("content-encoding") ?? "identity";
  if (coding !== "identity") {
    throw fail(`${place} gives it in the encoding "${coding}"`);
  }
  const length = range?.total ?? wholeNumber(headers.get("content-length"));
  const sizes = [bytes, hub.bytes, length].filter((one) => one !== undefined);
  const [expected] = sizes;
  if (expected === undefined) {
    throw fail(`${place} does not say how large it is`);
  }
  const other = sizes.find((one) => one !== expected);
  if (other !== undefined) {
    throw fail(`expected ${expected} bytes, ${place} has ${other}`);
  }
  const validator = validatorOf(headers);
  return {
    start: range?.start ?? 0,
    body,
    version: {
      bytes: expected,
      ...hub.sha256 !== undefined && { sha256: hub.sha256 },
      ...validator !== undefined && { validator },
    },
  };
}

/** What a status means for the person, or for the next attempt. */
function refusal(
  { status, headers }: Response,
  { place, hasToken, fail }: {
    readonly place: string;
    readonly hasToken: boolean;
    readonly fail: (detail: string) => UserError;
  },
): UserError | Interruption {
  const answers = `${place} answers ${status}`;
  if (status === 401) {
    const hint = hasToken
      ? "the token in HF_TOKEN is not accepted, or nothing has that name"
      : "set HF_TOKEN to a token that may read it, or check the name";
    return fail(`${answers}: ${hint}`);
  }
  if (status === 403) {
    return fail(
      `${answers}: it may not be read${
        hasToken ? " with this HF_TOKEN" : ", set HF_TOKEN"
      }; its makers may ask to accept their terms first`,
    );
  }
  if (status === 404 || status === 410) {
    return fail(`${answers}: nothing is there`);
  }
  const isPassing = status === 408 || status === 416 || status === 429 ||
    status >= 500;
  if (!isPassing) return fail(`${answers}, expected 200`);
  return new Interruption(answers, { waitMs: waitOf(headers) });
}

/** How long a server asks to wait, in seconds; dates are passed over. */
function waitOf(headers: Headers): number | undefined {
  const seconds = wholeNumber(headers.get("retry-after"));
  return seconds === undefined
    ? undefined
    : Math.min(seconds * 1000, MAX_WAIT_MS);
}

/** `bytes 5-99/100` reaches to the end of the file; other ranges serve nobody. */
function rangeOf(
  headers: Headers,
): { readonly start: number; readonly total: number } | undefined {
  const text = headers.get("content-range") ?? "";
  const [, start, end, total] = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/
    .exec(text)?.map(Number) ?? [];
  if (start === undefined || total === undefined) return undefined;
  return end === total - 1 && start <= end ? { start, total } : undefined;
}

function validatorOf(headers: Headers): string | undefined {
  const tag = headers.get("etag");
  // Equal weak tags do not mean equal bytes.
  if (tag !== null && /^"[^"]{1,1000}"$/.test(tag)) return tag;
  return headers.get("last-modified") ?? undefined;
}
