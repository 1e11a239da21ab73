import type { JsonRecord } from "../artifact/mod.ts";

/** One answered request. */
export interface AccessRecord {
  readonly time: Date;
  readonly method: string;
  /** As it was asked for, without the query. */
  readonly path: string;
  readonly status: number;
  /** From the head of the request to the end of the answer. */
  readonly durationMs: number;
  /** Bytes of the body that the client was given. */
  readonly bytes: number;
  /** What routes add, such as images. */
  readonly facts: JsonRecord;
}

/** Most characters of a path that are logged. */
const SHOWN = 200;

/** A record as one line: JSON, or for people. */
export function accessLine(
  { time, method, path, status, durationMs, bytes, facts }: AccessRecord,
  { json }: { readonly json: boolean },
): string {
  const shown = path.length > SHOWN ? `${path.slice(0, SHOWN)}...` : path;
  if (json) {
    return JSON.stringify({
      time: time.toISOString(),
      method,
      path: shown,
      status,
      ms: Math.round(durationMs),
      bytes,
      ...facts,
    });
  }
  const clock = time.toISOString().slice(11, 19);
  const seconds = (durationMs / 1000).toFixed(2);
  const words = Object.entries(facts).map(([key, value]) => `${key}=${value}`);
  return [clock, method, shown, status, `${seconds}s`, ...words].join(" ");
}
