import { UserError } from "../../artifact/mod.ts";
import {
  mean,
  type MetricName,
  PAIR_METRICS,
  type PairMetric,
  type PairMetricName,
  type PairTools,
} from "../../metric/mod.ts";
import type { StageContext } from "../../pipeline/mod.ts";
import { pairedByName, type PairImages } from "./paired_by_name.ts";

/** Pairs that are in memory at a time. */
const BATCH = 64;

/** Figures of reconstructions beside their originals. */
export interface PairFigures {
  readonly n: number;
  /** Means over images; null where one is infinite or there are none. */
  readonly figures: Partial<Readonly<Record<PairMetricName, number | null>>>;
  /** Of each image. */
  readonly lists: Partial<Readonly<Record<PairMetricName, Float64Array>>>;
}

/**
 * Compares reconstructions with their originals: by name where both are pictures
 * that have names, else row by row.
 *
 * @throws {UserError} where they are not as many, of other sizes, or of other
 *   names
 */
export async function measurePairs(
  { images, originals }: {
    readonly images: PairImages;
    readonly originals: PairImages;
  },
  { names, tools = {}, progress, signal }:
    & Pick<StageContext, "progress" | "signal">
    & {
      readonly names: readonly PairMetricName[];
      readonly tools?: PairTools;
    },
): Promise<PairFigures> {
  const sizes = [images, originals].map(({ count, height, width }) =>
    `${count} images of ${height} x ${width}`
  );
  if (sizes[0] !== sizes[1]) {
    throw new UserError(
      `Cannot compare "${images.name}" with "${originals.name}": ` +
        `${sizes[0]} and ${sizes[1]}, expected one for each`,
    );
  }
  const beside = pairedByName(images, originals);
  const found = names.map((name) => [name, [] as Float64Array[]] as const);
  const total = images.count;
  const task = progress.start({ label: "pairs", total, unit: "image" });
  for (let start = 0; start < total; start += BATCH) {
    signal.throwIfAborted();
    const rows = { start, count: Math.min(BATCH, total - start) };
    const pair = {
      images: await images.read(rows),
      reference: await beside.read(rows),
    };
    for (const [name, parts] of found) {
      parts.push(await metric(name).each(pair, tools));
    }
    task.advance(rows.count);
  }
  task.finish();
  const lists = found.map(([name, parts]) =>
    [name, Float64Array.from(parts.flatMap((part) => [...part]))] as const
  );
  const figures = lists.map(([name, values]) =>
    [name, finite(mean(values))] as const
  );
  return {
    n: total,
    figures: Object.fromEntries(figures),
    lists: Object.fromEntries(lists),
  };
}

/** The row of a figure of pairs. */
function metric(name: PairMetricName): PairMetric {
  return PAIR_METRICS[name];
}

/**
 * The figures of pairs among those that are asked for, all unless any are.
 *
 * @throws {UserError} where one that is asked for lacks its network
 */
export function chosenPairs(
  asked: readonly MetricName[] | undefined,
  { hasNetwork }: { readonly hasNetwork: boolean },
): readonly PairMetricName[] {
  const names = Object.keys(PAIR_METRICS) as PairMetricName[];
  return names.filter((name) => {
    const ready = metric(name).needs === "nothing" || hasNetwork;
    if (asked === undefined) return ready;
    if (!asked.includes(name)) return false;
    if (ready) return true;
    throw new UserError(
      `Cannot measure ${name}: give --perceptual FILE, as import makes it of ` +
        "VGG16 and LPIPS's layers",
    );
  });
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
