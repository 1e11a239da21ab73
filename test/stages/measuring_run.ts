import { join } from "node:path";
import { createReferenceEngine } from "../../lib/engine/reference/mod.ts";
import { openArtifact, writeArtifact } from "../../lib/artifact/mod.ts";
import {
  createLogger,
  parsePipeline,
  planPipeline,
  type Progress,
  runPlan,
  type Share,
  type StepResult,
} from "../../lib/pipeline/mod.ts";
import { RandomStream } from "../../lib/random/mod.ts";
import { type Engine, hostTensor } from "../../lib/tensor/mod.ts";
import {
  type Metrics,
  readMetrics,
} from "../../lib/workflow/report/metrics.ts";
import { STAGES } from "../../stages/mod.ts";

/** Side of the test's images. */
export const SIZE = 12;

/** Names of the classes of the test's images. */
export const CLASSES = ["dark", "light"];

/** Noisy images, dark for class 0 and light for class 1, in turn. */
export async function writeImages(
  path: string,
  { count, seed, kind = "images", size = SIZE }: {
    readonly count: number;
    readonly seed: number;
    readonly kind?: "images" | "samples";
    /** Side of the images. */
    readonly size?: number;
  },
): Promise<void> {
  const draws = new RandomStream({ seed, stream: "test images" });
  const labels = Int32Array.from({ length: count }, (_, k) => k % 2);
  const pixels = size * size * 3;
  const data = Uint8Array.from(
    { length: count * pixels },
    (_, k) => 120 * labels[Math.floor(k / pixels)]! + draws.integer(100),
  );
  await writeArtifact(path, {
    kind,
    tensors: {
      images: hostTensor("u8", [count, size, size, 3], data),
      labels: hostTensor("i32", [count], labels),
    },
    config: { classes: CLASSES, flips: [true, false], licences: ["none <b>"] },
  });
}

/** An artifact of weights that holds nothing but a log. */
export async function writeLog(
  path: string,
  kind: "svae" | "ar",
): Promise<void> {
  const values = Float32Array.of(3, 2, 1);
  await writeArtifact(path, {
    kind,
    tensors: { "log/loss": hostTensor("f32", [3], values) },
    config: {},
  });
}

/** What a run left. */
export interface MeasuringRun {
  readonly results: readonly StepResult[];
  /** Messages to the user. */
  readonly lines: readonly string[];
  /** The file of an output. */
  path(step: string, output: string): string;
}

/** Progress that nobody sees; `report` is told the units that a task has done. */
export function silentProgress(
  report: (done: number) => void = () => {},
): Progress {
  return {
    start: () => {
      let done = 0;
      const set = (count: number) => report(done = count);
      return {
        seconds: 0,
        resume: (count) => void (done = count),
        advance: (count = 1) => set(done + count),
        set,
        finish() {},
      };
    },
  };
}

/**
 * Runs a pipeline file's text in a folder.
 *
 * @param options.cutAt unit of work at which the run is told to stop
 * @param options.engine a new reference engine unless given
 * @param options.dryRun whether it is only said what would run
 */
export async function runStages(
  folder: string,
  text: string,
  { cutAt = Infinity, engine: given, dryRun = false, share }: {
    readonly cutAt?: number;
    readonly engine?: Engine;
    readonly dryRun?: boolean;
    /** The share of every step; the whole unless given. */
    readonly share?: Share;
  } = {},
): Promise<MeasuringRun> {
  const controller = new AbortController();
  const cut = (done: number) => {
    if (done >= cutAt) controller.abort();
  };
  const plan = await planPipeline(
    parsePipeline(text, join(folder, "p.toml")),
    async (name) => (await STAGES[name]!()).stage,
  );
  const engine = given ?? createReferenceEngine();
  const lines: string[] = [];
  try {
    const steps = plan.steps.map((step) => ({
      ...step,
      ...share && { share },
    }));
    const results = await runPlan({ ...plan, steps }, {
      engine: () => Promise.resolve(engine),
      remoteFiles: () => Promise.reject(new Error("No files of others")),
      progress: silentProgress(cut),
      log: createLogger({ write: (line) => lines.push(line) }),
      signal: controller.signal,
    }, { dryRun });
    const path = (step: string, output: string) => {
      const target = plan.steps.find(({ id }) => id === step)!.outputs[output];
      return target as string;
    };
    return { results, lines, path };
  } finally {
    if (given === undefined) await engine.close();
  }
}

/** The figures of a metrics artifact. */
export async function metricsOf(path: string): Promise<Metrics> {
  const reader = await openArtifact(path, "metrics");
  reader.close();
  return readMetrics(reader);
}
