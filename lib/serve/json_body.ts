import { JsonError, parseJson } from "../artifact/mod.ts";
import { HttpError } from "./http_error.ts";

/** What a body may be. */
export interface BodyLimits {
  readonly mostBytes: number;
  /** From the head of the request to the end of its body. */
  readonly timeoutMs: number;
}

/**
 * The JSON in the body of a request, which is read no further than it may go.
 *
 * @throws {HttpError} 415, 413, 408 or 400: of another type, too large, too
 *   slow, no JSON
 */
export async function readJson(
  request: Request,
  limits: BodyLimits,
): Promise<unknown> {
  const type = request.headers.get("content-type") ?? "";
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw new HttpError(
      'Cannot read the body: expected "Content-Type: application/json"',
      { status: 415, headers: { Accept: "application/json" } },
    );
  }
  const length = Number(request.headers.get("content-length") ?? 0);
  if (length > limits.mostBytes) throw tooLarge(limits);
  return parsed(await readBytes(request, limits));
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return parseJson(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    if (!(error instanceof JsonError || error instanceof TypeError)) {
      throw error;
    }
    const reason = error instanceof JsonError ? error.message : "no UTF-8";
    throw new HttpError(`Cannot read the body as JSON: ${reason}`, {
      status: 400,
    });
  }
}

async function readBytes(
  { body }: Request,
  { mostBytes, timeoutMs }: BodyLimits,
): Promise<Uint8Array> {
  if (body === null) return new Uint8Array(0);
  const reader = body.getReader();
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    // The read that waits ends with it.
    reader.cancel().catch(() => {});
  }, timeoutMs);
  const parts: Uint8Array[] = [];
  let bytes = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (isLate || done) break;
      bytes += value.length;
      if (bytes > mostBytes) throw tooLarge({ mostBytes, timeoutMs });
      parts.push(value);
    }
  } catch (error) {
    // What is not read is held until the stream is told so.
    await reader.cancel().catch(() => {});
    if (error instanceof HttpError) throw error;
    throw new HttpError("Cannot read the body: it was cut", { status: 400 });
  } finally {
    clearTimeout(timer);
    reader.releaseLock();
  }
  if (isLate) {
    const seconds = timeoutMs / 1000;
    throw new HttpError(
      `Cannot read the body: it was not there after ${seconds} seconds`,
      { status: 408, headers: { Connection: "close" } },
    );
  }
  return joined(parts, bytes);
}

function joined(parts: readonly Uint8Array[], bytes: number): Uint8Array {
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function tooLarge({ mostBytes }: BodyLimits): HttpError {
  return new HttpError(
    `Cannot read the body: expected at most ${mostBytes} bytes`,
    { status: 413, headers: { Connection: "close" } },
  );
}
