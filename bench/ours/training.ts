import { arShapes, vaeShapes } from "../../lib/model/mod.ts";
import type { ParameterShapes } from "../../lib/nn/mod.ts";
import {
  ADAMW_EPSILON,
  arTrainingStep,
  type Batch,
  bindRandom,
  bindScalars,
  compileStep,
  emaDecay,
  StateLayout,
  type StepOptions,
  stepScalars,
  vaeTrainingStep,
} from "../../lib/train/mod.ts";
import {
  type CountedEngine,
  type DeviceTensor,
  type HostTensor,
  hostTensor,
  zeros,
} from "../../lib/tensor/mod.ts";
import type { Contestant, Work } from "../work.ts";
import { secondsOf } from "./timed.ts";
import { randomTensor, randomWeights } from "./weights.ts";

/** AdamW as the peer runs it. */
const ADAMW = {
  beta1: 0.9,
  beta2: 0.95,
  epsilon: ADAMW_EPSILON,
  weightDecay: 0.05,
  clip: 1,
} as const;
const LEARNING_RATE = 3e-4;
const CLASS_DROPOUT = 0.1;
/** Concentration of the posteriors from which latents are drawn. */
const KAPPA = 1000;

/** The AR training step; unlike the peer's it draws latents and keeps an average. */
export function arTraining(
  engine: CountedEngine,
  { ar, batch, copies }: Work<"ar-training">,
): Promise<Contestant> {
  const step = (rows: number) =>
    arTrainingStep({
      config: ar,
      batch: rows,
      copies,
      classDropout: CLASS_DROPOUT,
      adamW: ADAMW,
    });
  const tokens = ar.grid ** 2;
  const classes = Int32Array.from(
    { length: batch },
    (_, i) => i % ar.num_classes,
  );
  const values = {
    mu: unitVectors([batch, tokens, ar.latent_dim]),
    kappa: filled([batch, tokens], KAPPA),
    classes: hostTensor("i32", [batch], classes),
  };
  return trainer(engine, { step, rows: batch }, {
    shapes: arShapes(ar),
    values,
  });
}

/** The S-VAE training step. */
export function svaeTraining(
  engine: CountedEngine,
  { vae, batch, klWeight }: Work<"svae-training">,
): Promise<Contestant> {
  const step = (rows: number) =>
    vaeTrainingStep({ config: vae, batch: rows, klWeight, adamW: ADAMW });
  const shape = [batch, 3, vae.image_size, vae.image_size];
  const images = randomTensor(shape, { deviation: 0.5, stream: "images" });
  const shapes = vaeShapes(vae);
  return trainer(engine, { step, rows: batch }, { shapes, values: { images } });
}

async function trainer(
  engine: CountedEngine,
  options: StepOptions,
  { shapes, values }: { shapes: ParameterShapes; values: Batch },
): Promise<Contestant> {
  const compiled = await compileStep(engine, options);
  const state = await initialState(engine, shapes);
  let index = 0;
  const advance = async () => {
    const { rows } = options;
    const random = bindRandom(1, { step: index, rows });
    await compiled.advance(
      { ...values, ...random, ...scalars(index) },
      state,
    );
    await compiled.log.read();
    index++;
  };
  return {
    measure: (iterations) => {
      engine.reset();
      return secondsOf(advance, iterations);
    },
    close: async () => {
      compiled.dispose();
      for (const tensor of Object.values(state)) engine.dispose(tensor);
      await Promise.resolve();
    },
  };
}

async function initialState(
  engine: CountedEngine,
  shapes: ParameterShapes,
): Promise<Record<string, DeviceTensor>> {
  const host = new StateLayout(shapes).start(randomWeights(shapes));
  const state: Record<string, DeviceTensor> = {};
  for (const [name, value] of Object.entries(host)) {
    state[name] = await engine.upload(value);
  }
  return state;
}

function scalars(step: number): Batch {
  const { beta1, beta2 } = ADAMW;
  const ema = emaDecay(step, { decay: 0.999, ramp: true });
  const rate = LEARNING_RATE;
  return bindScalars(stepScalars(step, { beta1, beta2, rate, ema }));
}

function filled(shape: readonly number[], value: number): HostTensor<"f32"> {
  const tensor = zeros("f32", shape);
  tensor.data.fill(value);
  return tensor;
}

/** Random vectors of length 1 along the last axis. */
function unitVectors(shape: readonly number[]): HostTensor<"f32"> {
  const tensor = randomTensor(shape, { stream: "mu" });
  const width = shape.at(-1)!;
  for (let start = 0; start < tensor.data.length; start += width) {
    const row = tensor.data.subarray(start, start + width);
    const length = Math.hypot(...row);
    row.forEach((value, i) => row[i] = value / length);
  }
  return tensor;
}
