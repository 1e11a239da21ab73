import { timesOf } from "../statistics.ts";

/** Steps in which a training still warms up. */
const WARM_UP = 3;

/**
 * Seconds of a step: the median of the times between lines of a training's log.
 *
 * @param lines JSON objects with the time at which each step was done
 */
export function stepSeconds(lines: string): number {
  const times = lines.trimEnd().split("\n")
    .map((line) => (JSON.parse(line) as { readonly time: number }).time)
    .slice(WARM_UP);
  const between = times.slice(1).map((time, i) => time - times[i]!);
  return timesOf(between).median;
}
