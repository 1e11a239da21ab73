import { join } from "node:path";
import {
  createLogger,
  parsePipeline,
  planPipeline,
  runPlan,
} from "../../lib/pipeline/mod.ts";
import { stage } from "../../stages/prepare.ts";

/** How a test runs prepare. */
interface Preparation {
  /** Where the outputs go, in the run folder; both to files unless given. */
  readonly outputs?: string;
  readonly signal?: AbortSignal;
}

/** Runs prepare alone; its outputs lie in runs/p of the folder. */
export async function prepare(
  folder: string,
  options: string,
  { outputs = 'heldout = "held.safetensors"', signal }: Preparation = {},
) {
  const text = `[stages.prepare]\noptions = { ${options} }\n` +
    `outputs = { ${outputs} }`;
  const plan = await planPipeline(
    parsePipeline(text, join(folder, "p.toml")),
    () => Promise.resolve(stage),
  );
  const lines: string[] = [];
  const [result] = await runPlan(plan, {
    engine: () => Promise.reject(new Error("No engine")),
    remoteFiles: () => Promise.reject(new Error("No files of others")),
    progress: {
      start: () => ({
        seconds: 0,
        resume() {},
        advance() {},
        set() {},
        finish() {},
      }),
    },
    log: createLogger({ write: (line) => lines.push(line) }),
    signal: signal ?? new AbortController().signal,
  }, {});
  const { train, heldout } = plan.steps[0]!.outputs as Record<string, string>;
  return { result: result!, lines, train: train!, heldout: heldout! };
}
