import { z } from "zod";
import { UserError } from "../../artifact/mod.ts";
import { flagName } from "../../pipeline/mod.ts";
import {
  AXES,
  AXIS_NAMES,
  type AxisLists,
  type AxisName,
  type AxisValue,
  type AxisValues,
  valuesOf,
} from "./axes.ts";

/** Most points of one sweep. */
const MOST = 1000;

/** One combination of values. */
export interface Point extends AxisValues {
  /** Name of its files: all its values, so that other points change no name. */
  readonly name: string;
}

/** Values of each axis. */
export type Axes = Readonly<Record<AxisName, readonly AxisValue[]>>;

const axisLists = AXIS_NAMES.map((name) =>
  [name, z.array(AXES[name].schema).min(1)] as const
);

/** What {@linkcode Axes} are in options and files. */
export const AXES_SCHEMA = z.object(Object.fromEntries(axisLists));

/**
 * The values of every axis: those of its list, else the one that a run without
 * sweep would have.
 *
 * @throws {UserError} for lists that an axis does not take
 */
export function axesOf(lists: AxisLists, otherwise: AxisValues): Axes {
  const entries = AXIS_NAMES.map((name) => {
    const list = lists[name];
    return [
      name,
      list === undefined ? [otherwise[name]] : valuesOf(name, list),
    ] as const;
  });
  return Object.fromEntries(entries) as Axes;
}

/**
 * The cross product of the axes; the first axis runs fastest.
 *
 * @throws {UserError} where these are too many
 */
export function pointsOf(axes: Axes): readonly Point[] {
  const count = AXIS_NAMES.reduce((all, name) => all * axes[name].length, 1);
  if (count > MOST) {
    throw new UserError(
      `Cannot sweep ${count} points: expected at most ${MOST}`,
    );
  }
  let points: readonly Partial<AxisValues>[] = [{}];
  for (const name of AXIS_NAMES.toReversed()) {
    points = points.flatMap((point) =>
      axes[name].map((value) => ({ ...point, [name]: value }))
    );
  }
  return points.map((values) => pointOf(values as AxisValues));
}

/** A combination of values with its name. */
export function pointOf(values: AxisValues): Point {
  return { ...values, name: nameOf(values) };
}

/** `cfg-4.5_steps-50-5_linear_euler_seed-0`: of a colon files know nothing good. */
function nameOf({ cfg, steps, cfgSchedule, solver, seed }: AxisValues): string {
  const counts = String(steps).replace(":", "-");
  return `cfg-${cfg}_steps-${counts}_${cfgSchedule}_${solver}_seed-${seed}`;
}

/** The axes that have more than one value. */
export function variedAxes(axes: Axes): readonly AxisName[] {
  return AXIS_NAMES.filter((name) => axes[name].length > 1);
}

/** Some values of a point in words: `cfg 4.5, steps 100`. */
export function pointWords(
  point: AxisValues,
  names: readonly AxisName[],
): string {
  return names.map((name) => `${wordOf(name)} ${point[name]}`).join(", ");
}

/** What people call an axis. */
export function wordOf(name: AxisName): string {
  return flagName(name).replaceAll("-", " ");
}
