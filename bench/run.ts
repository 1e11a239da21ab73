import type { OnnxEngine } from "../lib/engine/onnx/mod.ts";
import type { HardwarePeak } from "../lib/tensor/mod.ts";
import { type BenchCase, type CaseName, CASES } from "./cases.ts";
import { compare, type Comparison } from "./compare.ts";
import { type BenchDocument, type CaseResult, caseResult } from "./document.ts";
import { compileFakeIntel, type FakeIntel } from "./fake_intel.ts";
import { describeMachine, loadOfLastMinute } from "./machine.ts";
import type { PeerPlace } from "./peer.ts";
import { QUIET_SHARE, restUntilQuiet } from "./quiet.ts";
import { rounded } from "./statistics.ts";
import { comparisonLine } from "./table.ts";

/** How a benchmark is run. */
export interface BenchOptions {
  readonly rounds: number;
  /** Threads of each contestant. */
  readonly threads: number;
  /** How long to wait before each turn for other jobs to end. */
  readonly patienceMs: number;
  /** The peer; ours alone where absent. */
  readonly place?: PeerPlace;
  /** Told before each case and after it. */
  log(line: string): void;
}

const NO_PEER: FakeIntel = {
  missing: "ratios are missing: give --release and --python",
};

/** Runs some cases one after another. */
export async function runBench(
  engine: OnnxEngine,
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
    await restUntilQuiet(options.patienceMs);
    const before = await engine.measurePeak();
    const comparisons = await runCases(engine, names, { options, tuning });
    await restUntilQuiet(options.patienceMs);
    const peak = higherPeak(before, await engine.measurePeak());
    const results = resultsOf(comparisons, peak);
    return {
      machine: describeMachine(engine),
      load,
      rounds: options.rounds,
      peak,
      ...results,
      notes: notesOf(results.cases, tuning),
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

type Comparisons = ReadonlyMap<CaseName, Comparison>;

async function runCases(
  engine: OnnxEngine,
  names: readonly CaseName[],
  { options, tuning }: { options: BenchOptions; tuning: FakeIntel },
): Promise<Comparisons> {
  const { log } = options;
  const preload = "library" in tuning ? tuning.library : undefined;
  const comparisons = new Map<CaseName, Comparison>();
  for (const name of names) {
    const each: BenchCase = CASES[name];
    log(`${name}: ${each.summary}`);
    const comparison = await compare(engine, each, { ...options, preload });
    comparisons.set(name, comparison);
    log(`  ${comparisonLine(comparison)}`);
  }
  return comparisons;
}

function resultsOf(
  comparisons: Comparisons,
  peak: HardwarePeak,
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
function higherPeak(a: HardwarePeak, b: HardwarePeak): HardwarePeak {
  const highest = (key: keyof HardwarePeak) =>
    rounded(Math.max(a[key], b[key]));
  return {
    flopsPerSecond: highest("flopsPerSecond"),
    bytesPerSecond: highest("bytesPerSecond"),
  };
}

function notesOf(
  cases: BenchDocument["cases"],
  tuning: FakeIntel,
): string[] {
  const notes = "missing" in tuning ? [tuning.missing] : [];
  for (const [name, { busy }] of Object.entries(cases)) {
    if (busy <= QUIET_SHARE) continue;
    const percent = (100 * busy).toFixed(0);
    notes.push(`${name}: other jobs used up to ${percent}% of the processors`);
  }
  return notes;
}
