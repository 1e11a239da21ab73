import { UserError } from "../../artifact/mod.ts";
import { mean, PAIR_METRICS, type PairMetricName } from "../../metric/mod.ts";
import type { StageContext } from "../../pipeline/mod.ts";
import type { PixelSource } from "../features/mod.ts";

/** Pairs that are in memory at a time. */
const BATCH = 64;

/** Figures of reconstructions beside their originals. */
export interface PairFigures {
  readonly n: number;
  /** Means over images; null where one is infinite or there are none. */
  readonly figures: Readonly<Record<PairMetricName, number | null>>;
  /** Of each image. */
  readonly lists: Readonly<Record<PairMetricName, Float64Array>>;
}

/**
 * Compares reconstructions with their originals, row by row.
 *
 * @throws {UserError} where they are not as many, or of other sizes
 */
export async function measurePairs(
  { images, originals }: {
    readonly images: PixelSource;
    readonly originals: PixelSource;
  },
  { progress, signal }: Pick<StageContext, "progress" | "signal">,
): Promise<PairFigures> {
  const sizes = [images, originals].map(({ count, height, width }) =>
    `${count} images of ${height} x ${width}`
  );
  if (sizes[0] !== sizes[1]) {
    throw new UserError(
      `Cannot compare "${images.name}" with "${originals.name}": ` +
        `${sizes[0]} and ${sizes[1]}, expected one for each, in their order`,
    );
  }
  const names = Object.keys(PAIR_METRICS) as PairMetricName[];
  const found = names.map((name) => [name, [] as Float64Array[]] as const);
  const total = images.count;
  const task = progress.start({ label: "pairs", total, unit: "image" });
  for (let start = 0; start < total; start += BATCH) {
    signal.throwIfAborted();
    const rows = { start, count: Math.min(BATCH, total - start) };
    const pair = {
      images: await images.read(rows),
      reference: await originals.read(rows),
    };
    for (const [name, parts] of found) {
      parts.push(PAIR_METRICS[name].each(pair));
    }
    task.advance(rows.count);
  }
  task.finish();
  const lists = Object.fromEntries(
    found.map(([name, parts]) =>
      [name, Float64Array.from(parts.flatMap((part) => [...part]))] as const
    ),
  ) as Record<PairMetricName, Float64Array>;
  const figures = Object.fromEntries(
    names.map((name) => [name, finite(mean(lists[name]))]),
  ) as Record<PairMetricName, number | null>;
  return { n: total, figures, lists };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
