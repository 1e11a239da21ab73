import {
  input,
  less,
  normal,
  permute,
  type RandomSource,
  reshape,
  sigmoid,
  type Tensor,
  uniform,
} from "../tensor/mod.ts";
import {
  type ArConfig,
  arShapes,
  drawLatents,
  posteriorInputs,
} from "../model/mod.ts";
import { arForward } from "./losses.ts";
import { matrixNames, type UpdateRule } from "./player.ts";
import { randomInputs } from "./random_inputs.ts";
import type { TrainingStep } from "./step.ts";
import { STREAMS } from "./streams.ts";

/** What an AR training step needs to know. */
export interface ArStepOptions {
  readonly config: ArConfig;
  readonly batch: number;
  /** Fresh noise levels per token (the release's diff_batch_mul). */
  readonly diffBatchMul: number;
  readonly classDropout: number;
  readonly update: UpdateRule;
}

/** Matrices to which the release applies no weight decay (create_optimizer). */
const NEVER_DECAY = ["proj_in.weight", "cls_embedding.weight"];

/**
 * The AR model's training step. Its inputs are the parts of cached posteriors by
 * name, [B, N, d] or [B, N], and `classes` i32 [B]; latents are drawn from them
 * anew, as the release encodes anew.
 */
export function arTrainingStep(
  { config, batch, diffBatchMul, classDropout, update }: ArStepOptions,
): TrainingStep<"ar"> {
  const { grid, latent_dim: d } = config;
  const tokens = grid * grid;
  const posterior = posteriorInputs(config, [batch, tokens, d]);
  const classes = input("classes", [batch], "i32");
  const random = randomInputs(batch);
  const shapes = arShapes(config);
  const decays = matrixNames(shapes, { except: NEVER_DECAY });
  return {
    name: "train-ar",
    players: { ar: { ...update, shapes, decays } },
    inputs: { ...posterior, classes, ...random.inputs },
    build: ({ players }) => {
      const { source } = random;
      const latents = drawLatents(posterior, config, {
        source,
        stream: STREAMS.posterior,
      });
      const drops = uniform(source, {
        shape: [],
        stream: STREAMS.classDropout,
      });
      const flow = { source, diffBatchMul, tokens, d };
      const { loss } = arForward(players.ar, {
        latents,
        classes,
        dropped: less(drops, classDropout),
        ...flowDraws(flow),
      }, config);
      return { losses: { ar: loss }, reported: {} };
    },
  };
}

/** Times and noise of every copy of every token, copy-major rows. */
function flowDraws(
  { source, diffBatchMul, tokens, d }: {
    source: RandomSource;
    diffBatchMul: number;
    tokens: number;
    d: number;
  },
): { t: Tensor; noise: Tensor } {
  // Rows of the source are images: draws are [B, diffBatchMul, ...] and turn copy-major.
  const times = normal(source, {
    shape: [diffBatchMul, tokens],
    stream: STREAMS.flowTime,
  });
  const noise = normal(source, {
    shape: [diffBatchMul, tokens, d],
    stream: STREAMS.flowNoise,
  });
  // t = sigmoid(N(0, 1)), as in the release; the paper only says t in (0, 1).
  return {
    t: reshape(sigmoid(copyMajor(times)), [-1]),
    noise: reshape(copyMajor(noise), [-1, d]),
  };
}

/** [B, diffBatchMul, ...] as [diffBatchMul, B, ...]: the copies one after another. */
function copyMajor(x: Tensor): Tensor {
  const [, , ...rest] = x.shape.map((_, axis) => axis);
  return permute(x, [1, 0, ...rest]);
}
