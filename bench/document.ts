import type { BenchCase, Targets } from "./cases.ts";
import type { Comparison } from "./compare.ts";
import type { Machine } from "./machine.ts";
import type { HardwarePeak } from "../lib/tensor/mod.ts";
import { type Ratio, ratioOf, rounded, type Times } from "./statistics.ts";

/** Images per second of ours and of the peer. */
export interface Rates {
  readonly ours: number;
  readonly default?: number;
  readonly tuned?: number;
}

/** What is said of one case. */
export interface CaseResult {
  readonly summary: string;
  /** Times are seconds per this. */
  readonly unit: BenchCase["unit"];
  readonly ours: Times;
  readonly peer?: { readonly default: Times; readonly tuned?: Times };
  /** Of whole images, at the smallest times. */
  readonly imagesPerSecond?: Rates;
  /** Times of the peer over ours. */
  readonly ratios?: { readonly default: Ratio; readonly tuned?: Ratio };
  /** What the ratios should be at least. */
  readonly targets?: Targets;
  /** One iteration, counted from the graphs of the programs. */
  readonly cost: { readonly flops: number; readonly bytes: number };
  /** Largest share of the processors that other jobs used just before a turn. */
  readonly busy: number;
  /** Of the peak, at our smallest time. */
  readonly share: { readonly flops: number; readonly bytes: number };
}

/** The JSON document of a run of the benchmark. */
export interface BenchDocument {
  readonly machine: Machine;
  /** Average load of the minute before the run. */
  readonly load: number;
  readonly rounds: number;
  readonly peak: HardwarePeak;
  /** Version of the peer's torch. */
  readonly torch?: string;
  /** How the peer ran. */
  readonly peers?: { readonly default: string; readonly tuned?: string };
  readonly cases: Readonly<Record<string, CaseResult>>;
  readonly notes: readonly string[];
}

/** Puts a comparison beside the peak of its machine. */
export function caseResult(
  { summary, unit, targets, work }: BenchCase,
  { ours, peer, cost, busy }: Comparison,
  peak: HardwarePeak,
): CaseResult {
  const flops = cost.flops / ours.min / peak.flopsPerSecond;
  const bytes = cost.bytes / ours.min / peak.bytesPerSecond;
  return {
    summary,
    unit,
    ours,
    ...(peer && { peer, ratios: ratiosOf(peer, ours) }),
    ...(work.kind === "images" &&
      { imagesPerSecond: ratesOf(work.images, { ours, ...peer }) }),
    ...(targets && { targets }),
    cost: { flops: rounded(cost.flops), bytes: rounded(cost.bytes) },
    busy,
    share: { flops: rounded(flops), bytes: rounded(bytes) },
  };
}

function ratesOf(images: number, times: Record<string, Times>): Rates {
  const rates = Object.entries(times)
    .map(([side, { min }]) => [side, rounded(images / min)]);
  return Object.fromEntries(rates) as Rates;
}

function ratiosOf(
  peer: NonNullable<Comparison["peer"]>,
  ours: Times,
): NonNullable<CaseResult["ratios"]> {
  const shipped = ratioOf(peer.default, ours);
  if (peer.tuned === undefined) return { default: shipped };
  return { default: shipped, tuned: ratioOf(peer.tuned, ours) };
}
