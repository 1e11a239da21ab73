import type { Engine, HardwarePeak } from "../lib/tensor/mod.ts";
import type { BenchCase } from "./cases.ts";
import { compare, type Comparison, type Peers } from "./compare.ts";
import { type BenchDocument, type CaseResult, caseResult } from "./document.ts";
import { describeMachine, loadOfLastMinute } from "./machine.ts";
import { QUIET_SHARE, restUntilQuiet } from "./quiet.ts";
import { rounded } from "./statistics.ts";
import { comparisonLine } from "./table.ts";

/** How a benchmark is run. */
export interface BenchOptions {
  readonly rounds: number;
  /** How long to wait before each turn for other jobs to end. */
  readonly patienceMs: number;
  /** The authors' code; ours alone where absent. */
  readonly peers?: Peers;
  /** Told before each case and after it. */
  log(line: string): void;
}

/** An engine that can measure the peak of its hardware. */
export type MeasuredEngine = Engine & Required<Pick<Engine, "measurePeak">>;

/** Cases by name. */
export type BenchCases = Readonly<Record<string, BenchCase>>;

/** Runs some cases one after another. */
export async function runBench(
  engine: MeasuredEngine,
  cases: BenchCases,
  options: BenchOptions,
): Promise<BenchDocument> {
  const { log, patienceMs, peers, rounds } = options;
  const load = loadOfLastMinute();
  log("Measuring the peak of the machine");
  await restUntilQuiet(patienceMs);
  const before = await engine.measurePeak();
  const comparisons = new Map<string, Comparison>();
  for (const [name, each] of Object.entries(cases)) {
    log(`${name}: ${each.summary}`);
    const comparison = await compare(engine, each, options);
    comparisons.set(name, comparison);
    log(`  ${comparisonLine(comparison)}`);
  }
  await restUntilQuiet(patienceMs);
  const peak = higherPeak(before, await engine.measurePeak());
  const results: Record<string, CaseResult> = {};
  for (const [name, comparison] of comparisons) {
    results[name] = caseResult(cases[name]!, comparison, peak);
  }
  const [torch] = [...comparisons.values()].flatMap(({ torch }) => torch ?? []);
  return {
    machine: describeMachine(engine),
    load,
    rounds,
    peak,
    ...(torch !== undefined && { torch }),
    ...(peers !== undefined && { peers: namesOf(peers) }),
    cases: results,
    notes: notesOf(results),
  };
}

function namesOf({ default: shipped, tuned }: Peers): BenchDocument["peers"] {
  return { default: shipped.name, ...(tuned && { tuned: tuned.name }) };
}

/** The better of two measurements: other jobs only ever lower them. */
function higherPeak(a: HardwarePeak, b: HardwarePeak): HardwarePeak {
  const highest = (key: keyof HardwarePeak) =>
    rounded(Math.max(a[key], b[key]));
  return {
    flopsPerSecond: highest("flopsPerSecond"),
    bytesPerSecond: highest("bytesPerSecond"),
  };
}

function notesOf(cases: BenchDocument["cases"]): string[] {
  return Object.entries(cases)
    .filter(([, { busy }]) => busy > QUIET_SHARE)
    .map(([name, { busy }]) => {
      const percent = (100 * busy).toFixed(0);
      return `${name}: other jobs used up to ${percent}% of the processors`;
    });
}
