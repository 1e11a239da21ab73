import type { BenchDocument, CaseResult } from "./document.ts";
import type { Ratio, Times } from "./statistics.ts";

/** What the peer's ways are called in the table. */
const COLUMNS = { default: "torch", tuned: "tuned" } as const;

const HEAD = [
  "case",
  "ours",
  ...Object.values(COLUMNS),
  "x torch",
  "x tuned",
  "FLOP/s",
  "bytes/s",
  "target",
  "images/s",
];

/** A result for people: one line a case, times in ms as smallest/middle. */
export function resultTable(document: BenchDocument): string {
  const { machine, load, peak, torch, cases, notes } = document;
  const rows = Object.entries(cases).map(([name, result]) => row(name, result));
  return [
    `${machine.cpu}, ${machine.cores} cores, ${machine.system}, load ${load}`,
    `${machine.engine}${torch === undefined ? "" : `; torch ${torch}`}`,
    ...peerLines(document),
    `Peak: ${giga(peak.flopsPerSecond)} GFLOP/s, ` +
    `${giga(peak.bytesPerSecond)} GB/s; times in ms as min/median`,
    "",
    ...aligned([HEAD, ...rows]),
    ...notes.map((note) => `Note: ${note}`),
  ].join("\n");
}

function peerLines({ peers }: BenchDocument): string[] {
  return Object.entries(peers ?? {})
    .map(([side, name]) => `${COLUMNS[side as keyof typeof COLUMNS]}: ${name}`);
}

/** A finished case in a few words: smallest times. */
export function comparisonLine(
  { ours, peer }: Pick<CaseResult, "ours" | "peer">,
): string {
  const parts = [`ours ${milliseconds(ours.min)} ms`];
  for (const [name, { min }] of Object.entries(peer ?? {})) {
    const times = (min / ours.min).toFixed(2);
    parts.push(`torch ${name} ${milliseconds(min)} ms (${times}x)`);
  }
  return parts.join(", ");
}

function row(name: string, result: CaseResult): string[] {
  const { ours, peer, ratios, share } = result;
  return [
    name,
    times(ours),
    times(peer?.default),
    times(peer?.tuned),
    ratio(ratios?.default),
    ratio(ratios?.tuned),
    percent(share.flops),
    percent(share.bytes),
    verdict(result),
    rates(result),
  ];
}

/** Whether the ratios of the smallest times reach the targets. */
function verdict({ targets, ratios }: CaseResult): string {
  if (targets === undefined) return "none";
  const wanted = `${targets.default} / ${targets.tuned}`;
  if (ratios === undefined) return wanted;
  const reached = ratios.default.min >= targets.default &&
    (ratios.tuned === undefined || ratios.tuned.min >= targets.tuned);
  return `${wanted} ${reached ? "reached" : "missed"}`;
}

/** Ours, then the peer's. */
function rates({ imagesPerSecond }: CaseResult): string {
  return Object.values(imagesPerSecond ?? {})
    .map((rate) => rate.toPrecision(3)).join(" / ");
}

function times(value: Times | undefined): string {
  if (value === undefined) return "-";
  return [value.min, value.median].map(milliseconds).join("/");
}

function milliseconds(seconds: number): string {
  const ms = 1000 * seconds;
  return ms.toFixed(ms < 100 ? 1 : 0);
}

function ratio(value: Ratio | undefined): string {
  if (value === undefined) return "-";
  return `${value.min.toFixed(2)}/${value.median.toFixed(2)}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)}%`;
}

function giga(value: number): string {
  return (value / 1e9).toFixed(0);
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) =>
    Math.max(...rows.map((cells) => cells[column]!.length))
  );
  return rows.map((cells) =>
    cells.map((cell, column) => cell.padEnd(widths[column]!)).join("  ")
      .trimEnd()
  );
}
