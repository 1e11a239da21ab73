import { MAX_DEPTH } from "./strict_json.ts";

/**
 * JSON with sorted keys and no spaces: equal values give equal text.
 *
 * Keys whose value is undefined are left out.
 *
 * @throws {TypeError} for values JSON cannot hold, NaN and infinities among
 *   them, and for nesting that readers refuse
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sorted(value, 0));
}

function sorted(value: unknown, depth: number): unknown {
  if (depth > MAX_DEPTH) {
    throw new TypeError(`Cannot write JSON nested deeper than ${MAX_DEPTH}`);
  }
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new TypeError(`Cannot write ${value} as JSON`);
  }
  if (Array.isArray(value)) return value.map((item) => sorted(item, depth + 1));
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(
      entries.map(([key, item]) => [key, sorted(item, depth + 1)]),
    );
  }
  const type = typeof value;
  if (value === null || ["string", "number", "boolean"].includes(type)) {
    return value;
  }
  throw new TypeError(`Cannot write a ${type} as JSON`);
}
