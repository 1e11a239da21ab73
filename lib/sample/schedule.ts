/**
 * Solver steps per token: one number for every token, or `first:last` for
 * fewer steps at later tokens (DiSA, arXiv 2505.20297).
 */
export type StepSchedule = number | `${number}:${number}`;

/**
 * Solver steps of each token of an image. Under `first:last`, token k of n has
 * first + (last - first) k / (n - 1) of them, rounded, halves up; the first
 * token has `first`, also where it is the only one.
 *
 * @throws {RangeError} when a number is no whole number from 1 on
 */
export function stepsOfTokens(
  schedule: StepSchedule,
  tokens: number,
): readonly number[] {
  const ends = String(schedule).split(":").map(Number);
  const [first, last = first] = ends as [number, number?];
  if (ends.some((end) => !(Number.isSafeInteger(end) && end >= 1))) {
    throw new RangeError(
      `Cannot take ${schedule} solver steps: expected a whole number ` +
        `from 1 on, or two of them as first:last`,
    );
  }
  const spans = Math.max(1, tokens - 1);
  return Array.from(
    { length: tokens },
    (_, k) => Math.round(first + (last - first) * k / spans),
  );
}
