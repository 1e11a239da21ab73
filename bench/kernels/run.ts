import {
  type DeviceTensor,
  type Engine,
  type EngineProfile,
  type HardwarePeak,
  type Program,
  programCost,
  zeros,
} from "../../lib/tensor/mod.ts";
import { randomTensor } from "../ours/weights.ts";
import { rounded, type Times, timesOf } from "../statistics.ts";

/** Time for the measured runs of one case, about. */
const CASE_SECONDS = 1;
const MOST_RUNS = 50;
const FEWEST_RUNS = 3;

/** What one case measured. */
export interface KernelResult {
  readonly summary: string;
  /** Kernels of one run; 0 where they were not timed. */
  readonly kernels: number;
  /** Of one run: on the device where it has a clock, else seen from the host. */
  readonly seconds: Times;
  readonly flops: number;
  /** Operands and results once. */
  readonly bytes: number;
  readonly flopsPerSecond: number;
  readonly bytesPerSecond: number;
  /** Of the measured peaks: the greater share is what binds. */
  readonly share: { readonly flops: number; readonly bytes: number };
}

/** Runs of a program, measured together. */
export interface Runs {
  readonly program: Program;
  readonly runs: number;
  /** Of one run on average, as the host sees it. */
  readonly hostSeconds: number;
}

/** Runs a program on random states again and again. */
export async function runProgram(
  engine: Engine,
  measured: Program,
): Promise<Runs> {
  const executable = await engine.compile(measured);
  const state = await randomStates(engine, measured);
  const probe = await engine.upload(zeros("f32", []));
  async function secondsOf(runs: number): Promise<number> {
    const start = performance.now();
    for (let i = 0; i < runs; i++) await engine.run(executable, { state });
    // Everything before has ended when this arrives.
    await engine.download(probe);
    return (performance.now() - start) / 1000;
  }
  await secondsOf(1);
  const warm = await secondsOf(1);
  const wanted = Math.ceil(CASE_SECONDS / warm);
  const runs = Math.min(MOST_RUNS, Math.max(FEWEST_RUNS, wanted));
  const hostSeconds = await secondsOf(runs) / runs;
  for (const resource of [executable, probe, ...Object.values(state)]) {
    engine.dispose(resource);
  }
  return { program: measured, runs, hostSeconds };
}

async function randomStates(
  engine: Engine,
  { state }: Program,
): Promise<Record<string, DeviceTensor>> {
  const tensors: Record<string, DeviceTensor> = {};
  for (const [name, { value: { dtype, shape } }] of Object.entries(state)) {
    const host = dtype === "f32"
      ? randomTensor(shape, { stream: name })
      : zeros(dtype, shape);
    // Moments of the optimizer are no negative numbers.
    if (name === "v") host.data.fill(1);
    tensors[name] = await engine.upload(host);
  }
  return tensors;
}

/** A case's result from its runs and, where there is one, the engine's profile. */
export function kernelResult(
  summary: string,
  { program: measured, runs, hostSeconds }: Runs,
  { profile, peak }: { profile?: EngineProfile; peak: HardwarePeak },
): KernelResult {
  const calls = (profile?.calls ?? [])
    .filter(({ program }) => program === measured.name);
  // Two runs went before the measured ones.
  const kernels = calls.length / (runs + 2);
  const seconds = calls.length === 0
    ? [hostSeconds]
    : Array.from({ length: runs }, (_, run) => {
      const first = (run + 2) * kernels;
      return calls.slice(first, first + kernels)
        .reduce((sum, call) => sum + call.seconds, 0);
    });
  const times = timesOf(seconds);
  const { flops, bytes } = programCost(measured);
  const flopsPerSecond = flops / times.min;
  const bytesPerSecond = bytes / times.min;
  return {
    summary,
    kernels,
    seconds: times,
    flops,
    bytes,
    flopsPerSecond: rounded(flopsPerSecond),
    bytesPerSecond: rounded(bytesPerSecond),
    share: {
      flops: rounded(flopsPerSecond / peak.flopsPerSecond),
      bytes: rounded(bytesPerSecond / peak.bytesPerSecond),
    },
  };
}
