import { programCost } from "../../lib/tensor/mod.ts";
import { rounded, type Times, timesOf } from "../statistics.ts";
import { rivalProgram } from "./programs.ts";
import type { Rival, RivalRunner, RivalSizes, RivalWork } from "./rival.ts";

/** Time of one turn, about. */
const TURN_SECONDS = 0.5;
const MOST_TIMES = 100;
/** A run that takes longer is timed once: a turn of it says no more. */
const SLOW_SECONDS = 10;

/** A library that opened, or why it did not. */
export type Opened = Rival | { readonly missing: string };

/** What one library did with one work. */
export type RivalResult =
  | { readonly missing: string }
  | {
    /** Compilation and the first run. */
    readonly firstSeconds: number;
    /** Of one run, averaged over each turn. */
    readonly seconds: Times;
    readonly flopsPerSecond: number;
    /** Largest difference from our result, over our largest value. */
    readonly difference: number;
  };

/** One work with every library. */
export type WorkResult = Readonly<Record<string, RivalResult>>;

/** How long is measured. */
export interface TurnOptions {
  /** Turns of each library. */
  readonly rounds: number;
}

/** Opens a library; where that fails its words are kept. */
export async function opened(open: () => Promise<Rival>): Promise<Opened> {
  try {
    return await open();
  } catch (error) {
    return { missing: reasonOf(error) };
  }
}

interface Contestant {
  readonly runner: RivalRunner;
  readonly firstSeconds: number;
  readonly difference: number;
  readonly schedule: Schedule;
  readonly seconds: number[];
}

/** How often a work is run: so many times over in each turn. */
export interface Schedule {
  readonly turns: number;
  readonly times: number;
}

/** What fits a work of which one run takes so long. */
export function scheduleOf(seconds: number, rounds: number): Schedule {
  const times = Math.min(MOST_TIMES, Math.ceil(TURN_SECONDS / seconds));
  return { turns: seconds > SLOW_SECONDS ? 0 : rounds, times };
}

/**
 * Sets up a work with every library, then lets them take turns.
 *
 * @param rivals by name; the first one's result is what others are compared with
 */
export async function compareRivals(
  work: RivalWork,
  rivals: Readonly<Record<string, Opened>>,
  { sizes, rounds }: TurnOptions & { readonly sizes: RivalSizes },
): Promise<WorkResult> {
  const { flops } = programCost(rivalProgram(work, sizes));
  const results: Record<string, RivalResult> = {};
  const contestants = new Map<string, Contestant>();
  let expected: ArrayLike<number> | undefined;
  for (const [name, rival] of Object.entries(rivals)) {
    if ("missing" in rival) results[name] = rival;
    else {
      try {
        const runner = await rival.prepare(work, sizes);
        const { result, secondRun, ...rest } = await warm(runner, expected);
        expected ??= result;
        const schedule = scheduleOf(secondRun, rounds);
        const seconds = schedule.turns === 0 ? [secondRun] : [];
        contestants.set(name, { runner, ...rest, schedule, seconds });
      } catch (error) {
        results[name] = { missing: reasonOf(error) };
      }
    }
  }
  for (let round = 0; round < rounds; round++) {
    for (const { runner, schedule, seconds } of contestants.values()) {
      const { turns, times } = schedule;
      if (round >= turns) continue;
      seconds.push(await secondsOf(() => runner.run(times)) / times);
    }
  }
  for (const [name, contestant] of contestants) {
    const seconds = timesOf(contestant.seconds);
    results[name] = {
      firstSeconds: rounded(contestant.firstSeconds),
      seconds,
      flopsPerSecond: rounded(flops / seconds.min),
      difference: contestant.difference,
    };
    await contestant.runner.close();
  }
  return results;
}

async function warm(
  runner: RivalRunner,
  expected: ArrayLike<number> | undefined,
): Promise<
  & Pick<Contestant, "firstSeconds" | "difference">
  & {
    readonly result: ArrayLike<number>;
    /** Seconds of the run after the first, with its result's download. */
    readonly secondRun: number;
  }
> {
  const firstSeconds = await secondsOf(() => runner.run(1));
  let result: ArrayLike<number> = [];
  const secondRun = await secondsOf(async () => {
    result = await runner.result();
  });
  return {
    firstSeconds,
    result,
    difference: expected === undefined ? 0 : differenceOf(result, expected),
    secondRun,
  };
}

/** Largest difference over the largest expected value; NaN where a number is. */
export function differenceOf(
  found: ArrayLike<number>,
  expected: ArrayLike<number>,
): number {
  if (found.length !== expected.length) {
    throw new Error(
      `Expected a result of ${expected.length} numbers, got ${found.length}`,
    );
  }
  let [largest, scale] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(found[i]! - expected[i]!);
    if (Number.isNaN(difference)) return NaN;
    largest = Math.max(largest, difference);
    scale = Math.max(scale, Math.abs(expected[i]!));
  }
  return rounded(scale === 0 ? largest : largest / scale);
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.trim().split("\n")[0] ?? "";
}
