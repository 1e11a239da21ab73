import { z } from "zod";
import { type ArtifactReader, UserError } from "../../artifact/mod.ts";
import {
  PAIR_METRICS,
  type PairMetricName,
  SET_METRICS,
} from "../../metric/mod.ts";
import { issueLine } from "../../pipeline/mod.ts";

const figure = z.number().nullable();

const PAIRS = Object.keys(PAIR_METRICS) as PairMetricName[];

/** A figure that may be there, for each of some names. */
function figures<Name extends string>(names: readonly Name[]) {
  const fields = names.map((name) => [name, figure.optional()] as const);
  return Object.fromEntries(fields) as {
    readonly [K in Name]: z.ZodOptional<typeof figure>;
  };
}

const SET = z.object({
  n: z.number(),
  n_reference: figure,
  ...figures(SET_METRICS.map(([name]) => name)),
  class_accuracy_by_class: z.array(figure).default([]),
});

const NEAREST = z.object({
  n: z.number(),
  min: z.number(),
  median: z.number(),
  mean: z.number(),
  closer_than_reconstruction: figure,
});

const METRICS = z.object({
  n: z.number(),
  neighbours: z.number(),
  classes: z.array(z.string()),
  sets: z.record(z.string(), SET),
  reconstruction: z.record(
    z.string(),
    z.object({ n: z.number(), ...figures(PAIRS) }),
  ),
  nearest: z.record(z.string(), NEAREST),
});

/** The figures that evaluate-run left. */
export type Metrics = z.infer<typeof METRICS>;

/** Distances of each image to its nearest training image, by set. */
export type NearestLists = Readonly<Record<string, ArrayLike<number>>>;

/**
 * Reads the figures of a metrics artifact.
 *
 * @throws {UserError} naming the file and the figure that does not fit
 */
export function readMetrics(reader: ArtifactReader): Metrics {
  const parsed = METRICS.safeParse(reader.config);
  if (parsed.success) return parsed.data;
  const under = ["config"];
  const line = issueLine(parsed.error, reader.config, { under });
  throw new UserError(`Cannot use "${reader.name}": ${line}`);
}

/** Reads the distances of each image, by set. */
export async function readNearest(
  reader: ArtifactReader,
): Promise<NearestLists> {
  const prefix = "nearest/";
  const lists: Record<string, ArrayLike<number>> = {};
  for (const name of reader.tensors.keys()) {
    if (!name.startsWith(prefix)) continue;
    lists[name.slice(prefix.length)] = (await reader.read(name)).data;
  }
  return lists;
}
