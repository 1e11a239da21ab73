import type { Engine } from "../lib/tensor/mod.ts";
import { type BenchCase, type CaseName, CASES } from "./cases.ts";
import { compare, type Comparison } from "./compare.ts";
import { type BenchDocument, type CaseResult, caseResult } from "./document.ts";
import { compileFakeIntel, type FakeIntel } from "./fake_intel.ts";
import { describeMachine, loadOfLastMinute } from "./machine.ts";
import { measurePeak, type Peak } from "./peak.ts";
import type { PeerPlace } from "./peer.ts";
import { rounded } from "./statistics.ts";

/** How a benchmark is run. */
export interface BenchOptions {
  readonly rounds: number;
  /** Threads of each contestant. */
  readonly threads: number;
  /** The peer; ours alone where absent. */
  readonly place?: PeerPlace;
  /** Told before each case. */
  log(line: string): void;
}

/** Above this, other jobs on the machine disturb the times. */
const QUIET_LOAD = 0.5;

const NO_PEER: FakeIntel = {
  missing: "ratios are missing: give --release and --python",
};

/** Runs some cases one after another. */
export async function runBench(
  engine: Engine,
  names: readonly CaseName[],
  options: BenchOptions,
): Promise<BenchDocument> {
  const load = loadOfLastMinute();
  const folder = await Deno.makeTempDir();
  try {
    const tuning = options.place === undefined
      ? NO_PEER
      : await compileFakeIntel(folder);
    options.log("Measuring the peak of the machine");
    const before = await measurePeak(engine);
    const comparisons = await runCases(engine, names, { options, tuning });
    const peak = higherPeak(before, await measurePeak(engine));
    return {
      machine: describeMachine(engine),
      load,
      rounds: options.rounds,
      peak,
      ...resultsOf(comparisons, peak),
      notes: notesOf(load, tuning),
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

type Comparisons = ReadonlyMap<CaseName, Comparison>;

async function runCases(
  engine: Engine,
  names: readonly CaseName[],
  { options, tuning }: { options: BenchOptions; tuning: FakeIntel },
): Promise<Comparisons> {
  const { rounds, threads, place, log } = options;
  const preload = "library" in tuning ? tuning.library : undefined;
  const comparisons = new Map<CaseName, Comparison>();
  for (const name of names) {
    const each: BenchCase = CASES[name];
    log(`${name}: ${each.summary}`);
    const sides = { rounds, threads, place, preload };
    comparisons.set(name, await compare(engine, each, sides));
  }
  return comparisons;
}

function resultsOf(
  comparisons: Comparisons,
  peak: Peak,
): Pick<BenchDocument, "cases" | "torch"> {
  const cases: Partial<Record<CaseName, CaseResult>> = {};
  let torch: string | undefined;
  for (const [name, comparison] of comparisons) {
    torch ??= comparison.torch;
    cases[name] = caseResult(CASES[name], comparison, peak);
  }
  return { ...(torch !== undefined && { torch }), cases };
}

/** The better of two measurements: other jobs only ever lower them. */
function higherPeak(a: Peak, b: Peak): Peak {
  const highest = (key: keyof Peak) => rounded(Math.max(a[key], b[key]));
  return {
    flopsPerSecond: highest("flopsPerSecond"),
    bytesPerSecond: highest("bytesPerSecond"),
  };
}

function notesOf(load: number, tuning: FakeIntel): string[] {
  const notes = "missing" in tuning ? [tuning.missing] : [];
  if (!(load <= QUIET_LOAD)) {
    notes.push(`other jobs ran before the start (load ${load})`);
  }
  return notes;
}
