import { isRecord } from "./recipe.ts";
import type { StageSummary } from "./stage.ts";

/**
 * A stage's summary as lines for people: nested figures by dotted names,
 * fractions to five digits.
 */
export function summaryLines(summary: StageSummary): readonly string[] {
  return Object.entries(summary).flatMap(([name, value]) =>
    isRecord(value)
      ? summaryLines(value).map((line) => `${name}.${line}`)
      : [`${name}: ${shown(value)}`]
  );
}

function shown(value: unknown): string {
  if (typeof value === "number" && !Number.isInteger(value)) {
    return String(Number(value.toPrecision(5)));
  }
  if (Array.isArray(value)) return value.map(shown).join(", ");
  return value === null ? "none" : String(value);
}
