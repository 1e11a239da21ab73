import { z } from "zod";
import { UserError } from "../../artifact/mod.ts";
import { flagName, issueLine } from "../../pipeline/mod.ts";
import { SAMPLING, type Sampling } from "../../preset/mod.ts";
import { valuesInRange } from "./range.ts";

/** Numbers of sampling that a sweep may vary, and the seed. */
export interface AxisValues
  extends Omit<Sampling, "perClass">, Readonly<Record<"seed", number>> {}

/** Name of an axis. */
export type AxisName = keyof AxisValues;

/** One thing that may differ between points. */
interface Axis {
  /** What each value must be. */
  readonly schema: z.ZodType;
  /** Whether ranges of numbers may stand in its list. */
  readonly ranges: boolean;
}

const { cfg, steps, cfgSchedule, solver } = SAMPLING.shape;

/** Every axis, in the order of columns; of neighbouring points the first differs. */
export const AXES: Readonly<Record<AxisName, Axis>> = {
  cfg: { schema: cfg, ranges: true },
  steps: { schema: steps, ranges: true },
  cfgSchedule: { schema: cfgSchedule, ranges: false },
  solver: { schema: solver, ranges: false },
  seed: {
    schema: z.int().min(0).max(Number.MAX_SAFE_INTEGER),
    ranges: true,
  },
};

/** Names of all axes, in that order. */
export const AXIS_NAMES = Object.keys(AXES) as readonly AxisName[];

/** What who writes a colon may have meant. */
const RANGES = "; a range has two colons: first:last:step";

/** One value of some axis. */
export type AxisValue = AxisValues[AxisName];

/** What a user says of each axis: a list such as `1,3.5:5.5:0.1`. */
export type AxisLists = Partial<Readonly<Record<AxisName, string | undefined>>>;

/**
 * The values that a list stands for, in its order. A range is `first:last:step`,
 * with both colons, so that `50:5` of solver steps stays what it is.
 *
 * @throws {UserError} for what the axis does not take, and values that stand twice
 */
export function valuesOf(name: AxisName, list: string): readonly AxisValue[] {
  const { schema, ranges } = AXES[name];
  const flag = flagName(name);
  const parts = list.split(",").map((part) => part.trim());
  const given = parts.flatMap((part): readonly (number | string)[] =>
    (ranges ? valuesInRange(part, flag) : undefined) ?? [valueIn(part)]
  );
  const values = given.map((value) => {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data as AxisValue;
    const line = issueLine(parsed.error, value);
    const hint = ranges && String(value).includes(":") ? RANGES : "";
    throw new UserError(`Cannot use --${flag}: ${line}${hint}`);
  });
  const twice = values.find((value, i) => values.indexOf(value) < i);
  if (twice === undefined) return values;
  throw new UserError(`Cannot use --${flag}: ${twice} stands there twice`);
}

/** A number where it is one, else the text. */
function valueIn(part: string): number | string {
  const number = Number(part);
  return part === "" || Number.isNaN(number) ? part : number;
}
