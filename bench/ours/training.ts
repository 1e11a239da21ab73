import { perceptualNetworkOf } from "../../lib/model/mod.ts";
import {
  arTrainingStep,
  type Batch,
  bindRandom,
  bindScalars,
  compileStep,
  startState,
  type StepOptions,
  type TrainingStep,
  updateRule,
  updateScalars,
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
const UPDATE = updateRule({
  steps: 1,
  learningRate: 3e-4,
  finalRate: 1,
  warmup: 0,
  beta1: 0.9,
  beta2: 0.95,
  weightDecay: 0.05,
  clip: 1,
  ema: 0.999,
  emaRamp: true,
});
/** Weight of the adversarial loss, the release's. */
const ADVERSARIAL_WEIGHT = 0.5;
const CLASS_DROPOUT = 0.1;
/** Concentration of the posteriors from which latents are drawn. */
const KAPPA = 1000;

/** The AR training step; unlike the peer's it draws latents and keeps an average. */
export function arTraining(
  engine: CountedEngine,
  { ar, batch, diffBatchMul }: Work<"ar-training">,
): Promise<Contestant> {
  const step = (rows: number) =>
    arTrainingStep({
      config: ar,
      batch: rows,
      diffBatchMul,
      classDropout: CLASS_DROPOUT,
      update: UPDATE,
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
  return trainer(engine, { step, rows: batch }, values);
}

/** The S-VAE training step. */
export function svaeTraining(
  engine: CountedEngine,
  { vae, batch, klWeight }: Work<"svae-training">,
): Promise<Contestant> {
  const step = (rows: number) =>
    vaeTrainingStep({ config: vae, batch: rows, klWeight, update: UPDATE });
  const shape = [batch, 3, vae.image_size, vae.image_size];
  const images = randomTensor(shape, { deviation: 0.5, stream: "images" });
  return trainer(engine, { step, rows: batch }, { images });
}

/** The S-VAE's training step with a random perceptual network and a PatchGAN. */
export function svaeGanTraining(
  engine: CountedEngine,
  work: Work<"svae-gan-training">,
): Promise<Contestant> {
  const { vae, batch, klWeight, ndf, n_layers, batchNormRows } = work;
  const { perceptual: network } = work;
  const weights = randomWeights(perceptualNetworkOf(network).shapes(network));
  const step = (rows: number) =>
    vaeTrainingStep({
      config: vae,
      batch: rows,
      klWeight,
      update: UPDATE,
      perceptual: { network, weights, weight: 1, dropout: false },
      adversarial: {
        discriminator: { name: "patchgan", ndf, n_layers },
        loss: "hinge",
        generatorLoss: "hinge",
        weight: ADVERSARIAL_WEIGHT,
        from: 0,
        warmup: 0,
        lecam: 0,
        r1: 0,
        batchNormRows,
      },
    });
  const shape = [batch, 3, vae.image_size, vae.image_size];
  const images = randomTensor(shape, { deviation: 0.5, stream: "images" });
  return trainer(engine, { step, rows: batch }, { images });
}

async function trainer(
  engine: CountedEngine,
  options: StepOptions,
  values: Batch,
): Promise<Contestant> {
  const compiled = await compileStep(engine, options);
  const state = await initialState(engine, compiled.step);
  let index = 0;
  const advance = async () => {
    const { rows } = options;
    const random = bindRandom(1, { step: index, rows });
    await compiled.advance(
      {
        ...values,
        ...random,
        ...bindScalars(updateScalars(compiled.step.players, index)),
      },
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
  step: TrainingStep,
): Promise<Record<string, DeviceTensor>> {
  const weights = Object.entries(step.players)
    .map(([player, { shapes }]) => [player, randomWeights(shapes)] as const);
  const host = startState(step, Object.fromEntries(weights));
  const state: Record<string, DeviceTensor> = {};
  for (const [name, value] of Object.entries(host)) {
    state[name] = await engine.upload(value);
  }
  return state;
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
