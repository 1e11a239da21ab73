/** What an extended header changes of the member after it. */
export interface PaxChanges {
  readonly path?: string;
  /** NaN where it is no size. */
  readonly size?: number;
  /** Whether the data are a sparse file's, which is no file as it lies there. */
  readonly sparse?: boolean;
}

const decoder = new TextDecoder("utf-8", { fatal: true });

/**
 * The records `<length> <key>=<value>\n` of a pax extended header that matter
 * here; undefined where they are malformed.
 */
export function parsePax(bytes: Uint8Array): PaxChanges | undefined {
  const changes: { path?: string; size?: number; sparse?: boolean } = {};
  for (let at = 0; at < bytes.length;) {
    const record = recordAt(bytes, at);
    if (record === undefined) return undefined;
    const { key, value, end } = record;
    if (key === "path") changes.path = value;
    if (key === "size") changes.size = /^\d{1,16}$/.test(value) ? +value : NaN;
    if (key.startsWith("GNU.sparse.")) changes.sparse = true;
    at = end;
  }
  return changes;
}

function recordAt(
  bytes: Uint8Array,
  at: number,
): { key: string; value: string; end: number } | undefined {
  const space = bytes.indexOf(0x20, at);
  if (space < 0 || space - at > 8) return undefined;
  const digits = String.fromCharCode(...bytes.subarray(at, space));
  const end = at + Number(/^\d+$/.test(digits) ? digits : NaN);
  if (!(end > space + 1 && end <= bytes.length)) return undefined;
  if (bytes[end - 1] !== 0x0a) return undefined;
  try {
    const text = decoder.decode(bytes.subarray(space + 1, end - 1));
    const equals = text.indexOf("=");
    if (equals < 1) return undefined;
    return { key: text.slice(0, equals), value: text.slice(equals + 1), end };
  } catch {
    return undefined;
  }
}
