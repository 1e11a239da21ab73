import { UserError } from "../../artifact/mod.ts";
import type { SetMetric } from "../../metric/mod.ts";
import { equalRows } from "./equal_rows.ts";
import type { MeasuredPair } from "./figures.ts";
import type { MeasuredSet } from "./measured_set.ts";

/**
 * Refuses sets whose figures would not be what they are called: of other sizes,
 * or whose features are of other weights.
 *
 * @throws {UserError} saying both
 */
export function refuseUnlike({ samples, reference }: MeasuredPair): void {
  const names = [samples, reference].map(({ set }) => `"${set.source.name}"`);
  if (
    samples.size !== undefined && reference.size !== undefined &&
    samples.size.join() !== reference.size.join()
  ) {
    throw new UserError(
      `Cannot measure ${names[0]} by ${names[1]}: images are ` +
        `${samples.size.join(" x ")} and ${reference.size.join(" x ")}, ` +
        "expected equal sizes, neither resized",
    );
  }
  if (
    samples.weights !== undefined && reference.weights !== undefined &&
    samples.weights !== reference.weights
  ) {
    throw new UserError(
      `Cannot measure ${names[0]} by ${names[1]}: their features are by ` +
        `weights ${samples.weights.slice(0, 12)} and ` +
        `${reference.weights.slice(0, 12)}, expected equal ones`,
    );
  }
}

/**
 * Counts samples that are copies of others by their features, as those of a
 * seed that was drawn from twice.
 *
 * @throws {UserError} naming the first two, where there are any and they are
 *   not asked for
 */
export async function countRepeats(
  { set }: MeasuredSet,
  { figures, allowed }: {
    readonly figures: readonly (readonly [string, SetMetric])[];
    readonly allowed: boolean;
  },
): Promise<number> {
  const [first] = figures;
  if (first === undefined) return 0;
  const [, { needs }] = first;
  const rows = equalRows(await set.features(needs.features));
  if (rows.first === undefined || allowed) return rows.count;
  const [earlier, later] = rows.first;
  throw new UserError(
    `Cannot measure "${set.source.name}": ${rows.count} of its ${set.count} ` +
      `samples are copies, the first is ${later} of ${earlier}: was a seed ` +
      "drawn from twice? --repeats measures them all the same",
  );
}
