const GIGA = 1e9;

/** A count in units of 10^9, with three digits. */
export function giga(count: number): string {
  return shortest(count / GIGA);
}

/** How many times something is something else. */
export function ratio(value: number): string {
  return value.toFixed(2);
}

/** A share of 1 in percent. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)}%`;
}

/** Seconds in milliseconds, with three digits. */
export function milliseconds(seconds: number): string {
  return shortest(1000 * seconds);
}

/** Three digits, without an exponent. */
function shortest(value: number): string {
  if (value === 0 || value >= 100) return value.toFixed(0);
  const digits = 2 - Math.floor(Math.log10(value));
  return value.toFixed(Math.max(0, Math.min(6, digits)));
}
