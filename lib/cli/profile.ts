import { writeTextAtomic } from "../artifact/mod.ts";
import { table } from "../pipeline/mod.ts";
import type {
  Engine,
  EngineProfile,
  HardwarePeak,
  KernelTimes,
} from "../tensor/engine.ts";
import type { Terminal } from "./terminal.ts";

/** Lines of the table; the rest is summed in one. */
const ROWS = 30;

const HEAD = [
  "kernel",
  "calls",
  "ms",
  "share",
  "GFLOP/s",
  "GB/s",
  "of peak",
];

/** Writes the trace of an engine that has one, and prints its table. */
export async function tellProfile(
  engine: Engine | undefined,
  file: string | undefined,
  { log }: Pick<Terminal, "log">,
): Promise<void> {
  if (file === undefined || engine?.profile === undefined) return;
  const profile = await engine.profile();
  await writeTextAtomic(file, JSON.stringify(traceOf(profile)));
  for (const line of profileLines(profile)) log.info(line);
  log.info(`Wrote "${file}"; chrome://tracing and ui.perfetto.dev open it`);
}

/** Calls as chrome://tracing reads them: times in microseconds, a row a program. */
export function traceOf({ calls, peak }: EngineProfile): unknown {
  const programs = [...new Set(calls.map(({ program }) => program))];
  const names = programs.map((name, tid) => ({
    name: "thread_name",
    ph: "M",
    pid: 0,
    tid,
    args: { name },
  }));
  const events = calls.map(
    ({ program, kernel, startSeconds, seconds, flops, bytes }) => ({
      name: kernel,
      cat: "kernel",
      ph: "X",
      pid: 0,
      tid: programs.indexOf(program),
      ts: 1e6 * startSeconds,
      dur: 1e6 * seconds,
      args: { flops, bytes },
    }),
  );
  return {
    displayTimeUnit: "ms",
    traceEvents: [...names, ...events],
    otherData: { ...peak },
  };
}

/** A step of the clock that kernels may be shorter than. */
const COARSE_SECONDS = 1e-5;

function clockLines(clockSeconds: number): string[] {
  if (clockSeconds < COARSE_SECONDS) return [];
  return [
    `Times are multiples of ${(1e6 * clockSeconds).toFixed(0)} us, as coarse ` +
    "as the adapter's clock: a single short kernel's is chance",
  ];
}

/** A profile for people: kernels of equal names in equal layers as one line. */
export function profileLines(
  { kernels, peak, clockSeconds = 0 }: EngineProfile,
): string[] {
  const rows = byFamily(kernels);
  const all = sumOf("all kernels", rows);
  const shown = rows.slice(0, ROWS);
  const rest = rows.slice(ROWS);
  const lines = rest.length === 0
    ? [...shown, all]
    : [...shown, sumOf(`${rest.length} more`, rest), all];
  const cells = lines.map((row) => cellsOf(row, { all: all.seconds, peak }));
  const { flopsPerSecond, bytesPerSecond } = peak;
  return [
    `Measured peak: ${giga(flopsPerSecond)} GFLOP/s, ` +
    `${giga(bytesPerSecond)} GB/s`,
    ...clockLines(clockSeconds),
    ...table([HEAD, ...cells], { right: [1, 2, 3, 4, 5, 6] }),
  ];
}

type Row = Omit<KernelTimes, "program">;

/** Sums kernels whose names differ in the numbers of layers only. */
function byFamily(kernels: readonly KernelTimes[]): readonly Row[] {
  const families = new Map<string, Row[]>();
  for (const each of kernels) {
    const layers = each.kernel.replace(/\b\d+\b/g, "*");
    const name = `${each.program}: ${layers}`;
    const known = families.get(name);
    if (known === undefined) families.set(name, [each]);
    else known.push(each);
  }
  return [...families].map(([name, rows]) => sumOf(name, rows))
    .sort((a, b) => b.seconds - a.seconds);
}

function sumOf(kernel: string, rows: readonly Row[]): Row {
  const sum = (key: "calls" | "seconds" | "flops" | "bytes") =>
    rows.reduce((total, row) => total + row[key], 0);
  return {
    kernel,
    calls: sum("calls"),
    seconds: sum("seconds"),
    flops: sum("flops"),
    bytes: sum("bytes"),
  };
}

function cellsOf(
  { kernel, calls, seconds, flops, bytes }: Row,
  { all, peak }: { all: number; peak: HardwarePeak },
): string[] {
  const perSecond = (count: number) => seconds > 0 ? count / seconds : 0;
  // What binds a kernel is what it reaches the greater share of.
  const share = Math.max(
    perSecond(flops) / peak.flopsPerSecond,
    perSecond(bytes) / peak.bytesPerSecond,
  );
  return [
    kernel,
    String(calls),
    (1000 * seconds).toFixed(2),
    percent(all > 0 ? seconds / all : 0),
    flops === 0 ? "-" : giga(perSecond(flops)),
    giga(perSecond(bytes)),
    percent(share),
  ];
}

function giga(value: number): string {
  return (value / 1e9).toFixed(1);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}
