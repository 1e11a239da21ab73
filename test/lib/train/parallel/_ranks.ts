import { digestFile } from "../../../../lib/artifact/mod.ts";
import { memoryGroup } from "../../../../lib/parallel/mod.ts";
import {
  type BatchOptions,
  bindRandom,
  firstCheckpoint,
  matrixNames,
  randomInputs,
  train,
  type Trained,
  type Training,
  type TrainingStep,
} from "../../../../lib/train/mod.ts";
import {
  add,
  type Engine,
  hostTensor,
  input,
  matmul,
  mean,
  mul,
  normal,
  square,
  sub,
  tanh,
  type Tensor,
} from "../../../../lib/tensor/mod.ts";
import type { Parameters } from "../../../../lib/nn/mod.ts";
import { noise, randomWeights } from "../../model/_models.ts";
import { rule } from "../_rules.ts";

export const ROWS = 16;
export const STEPS = 6;

const UPDATE = rule({ clip: 0.1, adamw: { beta1: 0.5, beta2: 0.9 } });
const FROZEN = noise([2, 3], { name: "frozen" });
const GENERATOR = {
  w: [2, 3],
  b: [2],
  hidden: [3, 3],
  shift: [3],
  again: [3, 3],
};
const DISCRIMINATOR = { w: [1, 2], b: [1] };

/**
 * Two players with draws, a frozen matrix and a running mean: one draws near
 * targets, the other tells them apart.
 */
export function duel(
  batch: number,
  changes: Partial<TrainingStep> = {},
): TrainingStep {
  const x = input("x", [batch, 3]);
  const random = randomInputs(batch);
  return {
    name: "duel",
    players: {
      generator: {
        ...UPDATE,
        shapes: GENERATOR,
        decays: matrixNames(GENERATOR),
      },
      discriminator: {
        ...UPDATE,
        average: undefined,
        shapes: DISCRIMINATOR,
        decays: new Set(),
      },
    },
    frozen: { target: FROZEN },
    buffers: { seen: hostTensor("f32", [2], Float32Array.of(1, -1)) },
    inputs: { x, ...random.inputs },
    build: ({ players, frozen, buffers }) => {
      const { generator: g, discriminator: d } = players;
      const drawn = normal(random.source, { shape: [3], stream: 40 });
      const seen = add(x, mul(drawn, 0.1));
      const hidden = tanh(
        add(matmul(seen, g!.get("hidden"), WEIGHTS), g!.get("shift")),
      );
      const made = linear(g!, matmul(hidden, g!.get("again"), WEIGHTS));
      const real = matmul(x, frozen.get("target"), WEIGHTS);
      const [fakes, reals] = [made, real].map((y) => linear(d!, y));
      const running = add(
        mul(buffers.seen!, 0.9),
        mul(mean(made, { axes: [0] }), 0.1),
      );
      return {
        losses: {
          generator: add(
            mean(square(sub(made, real))),
            mean(square(sub(fakes!, mean(buffers.seen!)))),
          ),
          discriminator: mean(sub(square(fakes!), tanh(reals!))),
        },
        reported: { fakes: mean(fakes!) },
        buffers: { seen: running },
      };
    },
    ...changes,
  };
}

const WEIGHTS = { transposeB: true };

function linear(p: Parameters, x: Tensor): Tensor {
  return add(matmul(x, p.get("w"), WEIGHTS), p.get("b"));
}

/** Rows of a batch, by step and row alone. */
export function duelBatch(
  step: number,
  { rows: { start, count } }: BatchOptions,
) {
  const all = noise([ROWS, 3], { seed: step, name: "points" });
  const data = all.data.slice(3 * start, 3 * (start + count));
  return {
    x: hostTensor("f32", [count, 3], data as Float32Array),
    ...bindRandom(3, { step, rows: count, start }),
  };
}

/** A training of {@linkcode duel} by some ranks. */
export interface DuelRun extends Partial<Training> {
  readonly folder: string;
  readonly ranks: number;
  readonly changes?: Partial<TrainingStep>;
  /** What one rank does otherwise. */
  readonly ofRank?: (rank: number) => Partial<Training>;
}

export function checkpointOf(folder: string): string {
  return `${folder}/checkpoint.safetensors`;
}

/**
 * Trains by ranks inside this process.
 *
 * @param engines of each rank; the same again where there are fewer
 * @returns what the first rank has, once all have ended
 */
export async function trainDuel(
  engines: readonly Engine[],
  { folder, ranks, changes, ofRank, ...training }: DuelRun,
): Promise<Trained> {
  const step = (rows: number) => duel(rows, changes);
  const { players } = step(ROWS);
  const weights = Object.entries(players)
    .map(([name, { shapes }]) => [name, randomWeights(shapes)] as const);
  const start = () =>
    Promise.resolve(firstCheckpoint(step(ROWS), Object.fromEntries(weights)));
  const all = memoryGroup(ranks).map((collective, rank) =>
    train({
      engine: engines[rank % engines.length]!,
      step,
      rows: ROWS,
      parts: 8,
      steps: STEPS,
      collective,
      start,
      batch: duelBatch,
      checkpoint: checkpointOf(folder),
      signal: new AbortController().signal,
      ...training,
      ...ofRank?.(rank),
    })
  );
  await Promise.allSettled(all);
  const { waited: _, waitedForRanks: _ranks, ...found } = await all[0]!;
  return found;
}

/** The digest of a checkpoint. */
export async function savedBytes(folder: string): Promise<string> {
  return await digestFile(checkpointOf(folder));
}
