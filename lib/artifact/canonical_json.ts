/**
 * JSON with sorted keys and no spaces: equal values give equal text.
 *
 * Keys whose value is undefined are left out.
 *
 * @throws {TypeError} for values JSON cannot hold, NaN and infinities among them
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sorted(value));
}

function sorted(value: unknown): unknown {
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new TypeError(`Cannot write ${value} as JSON`);
  }
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(
      entries.map(([key, item]) => [key, sorted(item)]),
    );
  }
  const type = typeof value;
  if (value === null || ["string", "number", "boolean"].includes(type)) {
    return value;
  }
  throw new TypeError(`Cannot write a ${type} as JSON`);
}
