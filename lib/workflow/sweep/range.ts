import { UserError } from "../../artifact/mod.ts";

/** Most values of one range. */
const MOST = 1000;

/** How far a last value may miss the range's end, in steps: rounding alone. */
const ROUNDING = 1e-6;

/**
 * The numbers of a range `first:last:step`, both ends included; undefined where
 * the text is no range. Values have the decimals of first and step, so that the
 * third of `3.5:5.5:0.1` is 3.7 and nothing beside it.
 *
 * @throws {UserError} for a range that runs down, does not move or has too many
 */
export function valuesInRange(
  text: string,
  flag: string,
): readonly number[] | undefined {
  const parts = text.split(":");
  if (parts.length !== 3) return undefined;
  const [first, last, step] = parts.map(numberIn) as [number, number, number];
  const count = Math.floor((last - first) / step + ROUNDING) + 1;
  if (!(step > 0 && first <= last && count <= MOST)) {
    throw new UserError(
      `Cannot use --${flag} "${text}": expected first:last:step that runs up ` +
        `in at most ${MOST} steps, such as 3.5:5.5:0.1`,
    );
  }
  const digits = Math.max(decimalsOf(parts[0]!), decimalsOf(parts[2]!));
  return Array.from(
    { length: count },
    (_, i) => Number((first + i * step).toFixed(digits)),
  );
}

/** A number in plain decimals; NaN for anything else. */
function numberIn(text: string): number {
  return /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : NaN;
}

function decimalsOf(text: string): number {
  return text.trim().split(".")[1]?.length ?? 0;
}
