import { z } from "zod";
import { type ArtifactReader, UserError } from "../../artifact/mod.ts";
import { issueLine } from "../../pipeline/mod.ts";
import { AXES, AXIS_NAMES, type AxisValues } from "./axes.ts";
import { type Axes, AXES_SCHEMA, pointOf, variedAxes } from "./points.ts";
import {
  bestOf,
  figureNames,
  FIGURES,
  knownFigures,
  type PointResult,
  titleOf,
} from "./results.ts";

/** All that a sweep found. */
export interface Sweep {
  readonly axes: Axes;
  /** One for each point, in their order. */
  readonly results: readonly PointResult[];
}

/** What it found as plain JSON, which {@linkcode readSweep} reads. */
export function sweepJson({ axes, results }: Sweep) {
  const names = figureNames(results);
  const best = names.flatMap((name) => {
    const found = bestOf(results, name);
    const { better } = titleOf(name);
    return found === undefined ? [] : [
      [name, {
        better,
        value: found.figures[name],
        ...found.point,
      }] as const,
    ];
  });
  return {
    axes,
    varied: variedAxes(axes),
    figure: names[0] ?? null,
    best: Object.fromEntries(best),
    points: results.map(({ point, ...result }) => ({ ...point, ...result })),
  };
}

const RECORD = z.record(z.string(), z.unknown());

const VALUES = Object.fromEntries(
  AXIS_NAMES.map((name) => [name, AXES[name].schema] as const),
);

const FOUND = z.object({
  axes: AXES_SCHEMA,
  points: z.array(z.object({
    ...VALUES,
    images: z.number(),
    referenceImages: z.number().nullable(),
    figures: FIGURES,
    intervals: RECORD,
    measured: RECORD,
    recipe: RECORD,
    inputs: z.record(z.string(), z.string()),
  })).min(1),
});

/**
 * Reads what a sweep found.
 *
 * @throws {UserError} naming the file and what does not fit
 */
export function readSweep({ name, config }: ArtifactReader): Sweep {
  const parsed = FOUND.safeParse(config);
  if (!parsed.success) {
    const line = issueLine(parsed.error, config, { under: [] });
    throw new UserError(`Cannot use "${name}": ${line}`);
  }
  const { axes, points } = parsed.data;
  return { axes: axes as unknown as Axes, results: points.map(resultOf) };
}

function resultOf(
  { images, referenceImages, intervals, measured, recipe, inputs, ...rest }:
    z.infer<typeof FOUND>["points"][number],
): PointResult {
  const { figures, ...values } = rest;
  return {
    point: pointOf(values as unknown as AxisValues),
    figures: knownFigures(figures),
    ...{ images, referenceImages, intervals, measured, recipe, inputs },
  };
}
