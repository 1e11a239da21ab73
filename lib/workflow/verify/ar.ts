import { z } from "zod";
import { arShapes, checkArConfig, headVelocity } from "../../model/mod.ts";
import { Parameters } from "../../nn/mod.ts";
import {
  type Engine,
  grad,
  type HostTensor,
  hostTensor,
} from "../../tensor/mod.ts";
import { arForward } from "../../train/mod.ts";
import { type Check, floatTolerance } from "./check.ts";
import { arConfigOf, MODEL_CONFIG } from "./config.ts";
import type { Recording } from "../recording/mod.ts";
import { runOnce } from "./run.ts";

const CONFIG = MODEL_CONFIG.extend({
  diff_batch_mul: z.int().min(1).max(1_000),
});

/**
 * The gradient that multiplies sinusoids of 1000 t: in float32 their angles are
 * off by up to 1000 x 2^-24, and so is the recording.
 */
const SINUSOID_TOLERANCE = 1e-4;
const SINUSOID_PATH = "grad/head.net.time_embed.mlp.0.weight";

/** AR forward under teacher forcing, its loss and gradients; then the head alone. */
export async function* arCase(
  recording: Recording,
  engine: Engine,
): AsyncGenerator<Check> {
  const sizes = recording.config(CONFIG);
  const config = arConfigOf(sizes);
  checkArConfig(config);
  const weights = await recording.weights(arShapes(config), "weights/");
  const names = Object.keys(weights);
  const values = await runOnce(engine, {
    name: "ar",
    inputs: await readBatch(recording, config, sizes.diff_batch_mul),
    parameters: weights,
    build: (inputs, parameters) => {
      const p = new Parameters(parameters);
      const { states, loss } = arForward(p, {
        latents: inputs.latents!,
        classes: inputs.classes!,
        dropped: inputs.dropped!,
        t: inputs.t!,
        noise: inputs.noise!,
      }, config);
      const gradients = grad(loss, names.map((name) => parameters[name]!));
      const head_velocity = headVelocity(p.at("head.net"), inputs.head_x!, {
        t: inputs.head_t!,
        condition: inputs.head_cond!,
        config,
      });
      return {
        "out/states": states,
        "out/loss": loss,
        "out/head_velocity": head_velocity,
        ...Object.fromEntries(
          names.map((name, i) => [`grad/${name}`, gradients[i]!]),
        ),
      };
    },
  });
  for (const [tensor, actual] of Object.entries(values)) {
    const expected = await recording.read(tensor);
    const tolerance = tensor === SINUSOID_PATH
      ? SINUSOID_TOLERANCE
      : floatTolerance(engine);
    yield { tensor, actual, expected, tolerance };
  }
}

async function readBatch(
  recording: Recording,
  { latent_dim: d, dim, grid }: {
    latent_dim: number;
    dim: number;
    grid: number;
  },
  diffBatchMul: number,
): Promise<Record<string, HostTensor>> {
  const classes = await recording.read("in/classes");
  const batch = classes.shape[0]!;
  const tokens = grid * grid;
  const rows = diffBatchMul * batch * tokens;
  const dropped = await recording.read("in/dropped", [batch]);
  const headRows = (await recording.read("in/head_t")).shape[0]!;
  return {
    classes,
    dropped: hostTensor("bool", [batch], dropped.data as Uint8Array),
    latents: await recording.read("in/latents", [batch, tokens, d]),
    t: await recording.read("in/t", [rows]),
    noise: await recording.read("in/noise", [rows, d]),
    head_x: await recording.read("in/head_x", [headRows, d]),
    head_t: await recording.read("in/head_t", [headRows]),
    head_cond: await recording.read("in/head_cond", [headRows, dim]),
  };
}
