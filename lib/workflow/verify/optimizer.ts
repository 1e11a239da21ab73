import { z } from "zod";
import {
  adamW,
  bindScalars,
  clipFactor,
  decays,
  gradientNorm,
  learningRate,
  type StepScalars,
  stepScalars,
} from "../../train/mod.ts";
import {
  type Engine,
  type HostTensor,
  hostTensor,
  type Tensor,
} from "../../tensor/mod.ts";
import { type Check, floatTolerance } from "./check.ts";
import type { Recording } from "../recording/mod.ts";
import { runOnce } from "./run.ts";

const CONFIG = z.object({
  peak: z.number(),
  min: z.number(),
  warmup: z.int().min(0),
  decay_start: z.int().min(0),
  total: z.int().min(1),
  betas: z.tuple([z.number(), z.number()]),
  eps: z.number(),
  weight_decay: z.number(),
  clip: z.number(),
  ema: z.number(),
  steps: z.array(z.object({
    step: z.int().min(0),
    lr: z.number(),
    grad_norm: z.number(),
  })).max(10_000),
});

type Config = z.infer<typeof CONFIG>;
type Values = Record<string, HostTensor>;

/** AdamW with clipping, schedule, decay groups and moving average, step by step. */
export async function* optimizerCase(
  recording: Recording,
  engine: Engine,
): AsyncGenerator<Check> {
  const config = recording.config(CONFIG);
  const names = recording.names(PARAMETERS)
    .map((name) => name.slice(PARAMETERS.length));
  let state = await initialState(recording, names);
  const tolerance = floatTolerance(engine);
  for (const { step, lr, grad_norm } of config.steps) {
    const gradients: Values = {};
    for (const name of names) {
      gradients[name] = await recording.read(`in/grad/${step}/${name}`);
    }
    const { decay_start: decayStart } = config;
    const rate = learningRate(step, { ...config, decayStart });
    const { norm, ...next } = await runStep(
      engine,
      { config, names, rate, step },
      { state, gradients },
    );
    state = next;
    const place = `config.steps[${step}]`;
    yield scalarCheck(`${place}.lr`, { actual: rate, expected: lr, tolerance });
    yield scalarCheck(`${place}.grad_norm`, {
      actual: norm!.data[0]!,
      expected: grad_norm,
      tolerance,
    });
    for (const name of names) {
      for (const [group, label] of [["parameter", "param"], ["ema", "ema"]]) {
        const tensor = `out/${label}/${step}/${name}`;
        const actual = state[`${group}/${name}`]!;
        const expected = await recording.read(tensor);
        yield { tensor, actual, expected, tolerance };
      }
    }
  }
}

const PARAMETERS = "in/param/";

async function initialState(
  recording: Recording,
  names: readonly string[],
): Promise<Values> {
  const state: Values = {};
  for (const name of names) {
    const parameter = await recording.read(PARAMETERS + name);
    const zero = new Float32Array(parameter.data.length);
    const moment = hostTensor("f32", parameter.shape, zero);
    state[`parameter/${name}`] = parameter;
    state[`m/${name}`] = moment;
    state[`v/${name}`] = moment;
    state[`ema/${name}`] = parameter;
  }
  return state;
}

function scalarCheck(
  tensor: string,
  { actual, expected, tolerance }: {
    actual: number;
    expected: number;
    tolerance: number;
  },
): Check {
  return {
    tensor,
    actual: hostTensor("f64", [], Float64Array.of(actual)),
    expected: hostTensor("f64", [], Float64Array.of(expected)),
    tolerance,
  };
}

function runStep(
  engine: Engine,
  { config, names, rate, step }: {
    config: Config;
    names: readonly string[];
    rate: number;
    step: number;
  },
  { state, gradients }: { state: Values; gradients: Values },
): Promise<Values> {
  const [beta1, beta2] = config.betas;
  const numbers = stepScalars(step, { beta1, beta2, rate, ema: config.ema });
  const inputs = {
    ...state,
    ...Object.fromEntries(
      names.map((name) => [`grad/${name}`, gradients[name]!]),
    ),
    ...bindScalars(numbers),
  };
  const options = {
    beta1,
    beta2,
    epsilon: config.eps,
    weightDecay: config.weight_decay,
    clip: config.clip,
  };
  return runOnce(engine, {
    name: "optimizer",
    inputs,
    parameters: {},
    build: (leaf) => {
      const norm = gradientNorm(names.map((name) => leaf[`grad/${name}`]!));
      const factor = clipFactor(norm, config.clip);
      const outputs: Record<string, Tensor> = { norm };
      for (const name of names) {
        const before = {
          parameter: leaf[`parameter/${name}`]!,
          m: leaf[`m/${name}`]!,
          v: leaf[`v/${name}`]!,
          ema: leaf[`ema/${name}`]!,
        };
        const after = adamW(before, leaf[`grad/${name}`]!, {
          shared: { options, factor, scalars: scalarsOf(leaf) },
          decay: decays(name, before.parameter.shape),
        });
        for (const [group, value] of Object.entries(after)) {
          outputs[`${group}/${name}`] = value;
        }
      }
      return outputs;
    },
  });
}

function scalarsOf(leaf: Readonly<Record<string, Tensor>>): StepScalars {
  return {
    learningRate: leaf.learningRate!,
    correction1: leaf.correction1!,
    correction2: leaf.correction2!,
    emaRate: leaf.emaRate!,
  };
}
