/**
 * What evaluation takes besides the network: the algebra of a Fréchet distance,
 * and precision and recall of many features, in time and memory.
 *
 * @module
 */
import { Command } from "commander";
import { createOnnxEngine } from "../../lib/engine/onnx/mod.ts";
import { table } from "../../lib/pipeline/mod.ts";
import type { Engine, HardwarePeak } from "../../lib/tensor/mod.ts";
import { giga, percent } from "../figures.ts";
import { describeMachine, loadOfLastMinute } from "../machine.ts";
import { emit, OUTPUT } from "../output.ts";
import { parseCount } from "../parse_count.ts";
import { restUntilQuiet } from "../quiet.ts";
import { rounded, timesOf } from "../statistics.ts";
import {
  frechetRuns,
  manifoldRun,
  type Measured,
  type SetSizes,
} from "./works.ts";

interface Flags extends SetSizes {
  readonly rounds: number;
  readonly wait: number;
  readonly output?: string;
}

/** The JSON document of the command. */
export type EvaluationDocument = Awaited<ReturnType<typeof measureEvaluation>>;

/** What they may take at the sizes that are usual. */
const BOUNDS = { frechetSeconds: 3, manifoldSeconds: 300, manifoldBytes: 3e9 };

/** `bench evaluation`. */
export function evaluationCommand(): Command {
  return new Command("evaluation")
    .description(
      "Measure a Fréchet distance's algebra, and precision and recall, on the " +
        "CPU engine, with the memory that they take (Linux)",
    )
    .option("--width <count>", "numbers of a feature", parseCount, 2048)
    .option("--references <count>", "rows of the reference", parseCount, 10_000)
    .option("--samples <count>", "rows of the samples", parseCount, 50_000)
    .option("--rounds <count>", "Fréchet distances", parseCount, 5)
    .option("--wait <seconds>", "longest wait for quiet", parseCount, 10)
    .option(...OUTPUT)
    .action(async (flags: Flags) => {
      const engine = await createOnnxEngine();
      try {
        const document = await measureEvaluation(engine, flags);
        await emit(document, { text: text(document), output: flags.output });
      } finally {
        await engine.close();
      }
    });
}

/** Measures both, each when other jobs leave the machine alone. */
export async function measureEvaluation(
  engine: Engine & { measurePeak(): Promise<HardwarePeak> },
  { rounds, wait, ...sizes }: Omit<Flags, "output">,
) {
  const load = loadOfLastMinute();
  let busy = 0;
  const rest = async () => {
    busy = Math.max(busy, await restUntilQuiet(1000 * wait));
  };
  await rest();
  const peak = await engine.measurePeak();
  const frechet = await frechetRuns({ width: sizes.width, rounds, rest });
  await rest();
  const manifold = await manifoldRun(engine, sizes);
  const { flopsPerSecond } = peak;
  return {
    machine: describeMachine(engine),
    load,
    /** Largest share of the processors that other jobs used before a turn. */
    busy,
    /** Of products in float32 on the engine. */
    peak,
    sizes,
    bounds: BOUNDS,
    // A float64 takes the place of two float32.
    frechet: said(frechet, flopsPerSecond / 2),
    manifold: {
      ...said(manifold, flopsPerSecond),
      highestBytes: await highestBytes(),
    },
  };
}

function said({ flops, runs }: Measured, peak: number) {
  const seconds = timesOf(runs.map((run) => run.seconds));
  return {
    seconds,
    processorSeconds: timesOf(runs.map((run) => run.processorSeconds)),
    flops: rounded(flops),
    /** Of the peak, at the smallest time. */
    share: rounded(flops / seconds.min / peak),
  };
}

/** The most memory of this process so far. */
async function highestBytes(): Promise<number> {
  const status = await Deno.readTextFile("/proc/self/status");
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)![1]) * 1024;
}

function text({ frechet, manifold, sizes }: EvaluationDocument): string {
  const { width, references, samples } = sizes;
  const row = (name: string, { seconds, ...of }: typeof frechet) => [
    name,
    seconds.min.toFixed(2),
    seconds.median.toFixed(2),
    of.processorSeconds.min.toFixed(2),
    percent(of.share),
  ];
  return table([
    ["work", "least s", "median s", "processor s", "of the peak"],
    row(`Fréchet distance, ${width} features`, frechet),
    row(`precision and recall, ${references} x ${samples}`, manifold),
  ], { right: [1, 2, 3, 4] })
    .concat(`${giga(manifold.highestBytes)} GB of memory at most`)
    .join("\n");
}
