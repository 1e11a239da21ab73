/** Digits that a reader can tell apart in a figure of unknown size. */
const SIGNIFICANT = 4;

/**
 * A figure as a person reads it: `digits` after the point where they are
 * given, integers as they are, anything else with four significant digits.
 */
export function numberText(value: number | null, digits?: number): string {
  if (value === null || Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const text = plainText(value, digits);
  return text.replace(/^-/, "−");
}

function plainText(value: number, digits: number | undefined): string {
  if (Number.isInteger(value) && digits === undefined) return String(value);
  if (digits !== undefined) return value.toFixed(digits);
  return String(Number(value.toPrecision(SIGNIFICANT)));
}
