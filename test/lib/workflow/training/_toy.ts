import { z } from "zod";
import { join } from "node:path";
import { createReferenceEngine } from "../../../../lib/engine/reference/mod.ts";
import {
  createLogger,
  defineStage,
  parsePipeline,
  planPipeline,
  runPlan,
} from "../../../../lib/pipeline/mod.ts";
import type { Picture } from "../../../../lib/image/mod.ts";
import { constantInit, normalInit, shapesOf } from "../../../../lib/nn/mod.ts";
import {
  add,
  input,
  matmul,
  mean,
  mul,
  normal,
  square,
  sub,
} from "../../../../lib/tensor/mod.ts";
import {
  bindRandom,
  lossProbe,
  matrixNames,
  randomInputs,
  type TrainingStep,
  updateRule,
} from "../../../../lib/train/mod.ts";
import {
  KEEPING_OPTIONS,
  VALIDATING_OPTIONS,
} from "../../../../lib/workflow/options/mod.ts";
import {
  givenStart,
  trainStage,
  type Validator,
} from "../../../../lib/workflow/training/mod.ts";
import { noise } from "../../model/_models.ts";
import { silentProgress } from "../../../stages/measuring_run.ts";

const ROWS = 4;
const SPECS = {
  weight: { shape: [2, 3], start: normalInit(1) },
  bias: { shape: [2], start: constantInit(1) },
};
const SHAPES = shapesOf(SPECS);
const CONFIG = { width: 3 };

/** A line through points that are drawn anew at every step. */
function lineStep(
  rows: number,
  numbers: { steps: number; finalRate: number },
): TrainingStep<"line"> {
  const x = input("x", [rows, 3]);
  const random = randomInputs(rows);
  const update = updateRule({
    ...numbers,
    learningRate: 0.05,
    warmup: 2,
    beta1: 0.9,
    beta2: 0.95,
    weightDecay: 0.01,
    clip: 1,
    ema: 0.9,
    emaRamp: true,
  });
  const players = {
    line: { ...update, shapes: SHAPES, decays: matrixNames(SHAPES) },
  };
  return {
    name: "toy",
    players,
    inputs: { x, ...random.inputs },
    build: ({ players: { line } }) => {
      const draws = normal(random.source, { shape: [3], stream: 40 });
      const seen = add(x, mul(draws, 0.05));
      const made = add(
        matmul(seen, line.get("weight"), { transposeB: true }),
        line.get("bias"),
      );
      const wanted = matmul(x, line.get("weight"), { transposeB: true });
      const error = sub(made, mul(wanted, 0.5));
      return {
        losses: { line: mean(square(error)) },
        reported: { bias: mean(line.get("bias")) },
      };
    },
  };
}

function batchOf(step: number, seed: number) {
  return {
    x: noise([ROWS, 3], { seed: step, name: "points" }),
    ...bindRandom(seed, { step, rows: ROWS }),
  };
}

/** Its own loss at points that no step sees; best where it is in the middle. */
const PROBE = lossProbe(lineStep(ROWS, { steps: 1, finalRate: 1 }));

/** Steps at which the toy's validation dies. */
export const dying = new Set<number>();

/** A picture of one black point. */
const POINT: Picture<3> = {
  width: 1,
  height: 1,
  channels: 3,
  data: new Uint8Array(3),
};

function validatorOf(draws: boolean): Validator {
  return {
    by: "middle",
    better: "lower",
    draws,
    async measure(moment) {
      if (dying.delete(moment.step)) throw new Error("Killed in a validation");
      const { loss } = await moment.probe(PROBE, batchOf(1000, 0));
      const middle = Math.abs(moment.step - 5);
      const figures = { loss: loss.data[0]!, middle };
      return { figures, ...draws && { picture: POINT } };
    },
  };
}

/** A training stage that takes milliseconds. */
export const toy = defineStage({
  name: "toy",
  summary: "Train a line",
  examples: [{ does: "train it", args: "-o line.safetensors" }],
  version: 1,
  inputs: {
    init: { kind: ["ar", "checkpoint"], help: "start", optional: true },
  },
  outputs: { ar: { kind: "ar", help: "the line" } },
  options: z.object({
    steps: z.int().default(10),
    finalRate: z.number().default(1),
    draws: z.boolean().default(false),
    ...KEEPING_OPTIONS,
    ...VALIDATING_OPTIONS,
  }),
  settle: ({ steps, finalRate }) => ({ training: { steps, finalRate } }),
  async run({ inputs, outputs, options, ...context }) {
    return await trainStage({
      ...context,
      numbers: { steps: options.steps, batch: ROWS },
      options,
      output: outputs.ar,
      config: CONFIG,
      step: (rows) => lineStep(rows, options),
      given: givenStart(inputs.init, { config: CONFIG }),
      specs: { line: SPECS },
      batch: (step) => batchOf(step, context.seed),
      ...options.validateEvery && { validator: validatorOf(options.draws) },
    });
  },
});

/** How a run of the toy differs from a plain one. */
interface Run {
  readonly name?: string;
  readonly options?: string;
  readonly init?: string;
  readonly cutAt?: number;
}

/** Runs the toy in a folder and gives its output's path and what was said. */
export async function runToy(
  folder: string,
  { name = "toy", options = "", init, cutAt = Infinity }: Run = {},
): Promise<{ path: string; lines: string }> {
  const inputs = init === undefined ? "" : `inputs = { init = "${init}" }`;
  const text =
    `[stages.${name}]\nuses = "toy"\n${inputs}\noptions = { ${options} }`;
  const plan = await planPipeline(
    parsePipeline(text, join(folder, "p.toml")),
    () => Promise.resolve(toy),
  );
  const controller = new AbortController();
  const engine = createReferenceEngine();
  const lines: string[] = [];
  await runPlan(plan, {
    engine: () => Promise.resolve(engine),
    remoteFiles: () => Promise.reject(new Error("No files of others")),
    progress: silentProgress((done) => {
      if (done >= cutAt) controller.abort();
    }),
    log: createLogger({ write: (line) => lines.push(line) }),
    signal: controller.signal,
  }, {});
  return {
    path: plan.steps[0]!.outputs.ar as string,
    lines: lines.join("\n"),
  };
}
