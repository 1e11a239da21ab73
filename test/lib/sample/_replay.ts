import { headVelocity, teacherForcedStates } from "../../../lib/model/mod.ts";
import { RandomStream } from "../../../lib/random/mod.ts";
import {
  guidanceScale,
  type SamplingOptions,
  solverSteps,
  stepsOfTokens,
} from "../../../lib/sample/mod.ts";
import {
  add,
  constant,
  constantArray,
  hostTensor,
  reshape,
} from "../../../lib/tensor/mod.ts";
import {
  AR,
  constants,
  evaluate,
  type randomWeights,
} from "../model/_models.ts";

/** Streams of the noise: conditional rows, then unconditional ones. */
const STREAMS = [64, 65] as const;
const { latent_dim: D, dim: WIDTH, num_classes: NO_CLASS } = AR;
const TOKENS = AR.grid ** 2;

/** What identifies a draw. */
export interface DrawName {
  readonly seed: number;
  readonly index: number;
  /** Token times draws per token, plus the draw. */
  readonly step: number;
  /** 0 for conditional rows, 1 for unconditional ones. */
  readonly half: number;
}

/** The normal numbers of one draw, from the host's generator. */
export function drawOf({ seed, index, step, half }: DrawName): number[] {
  const stream = STREAMS[half]!;
  const draws = new RandomStream({ seed, stream, step, row: index });
  const uniforms = Array.from({ length: 2 * D }, () => draws.uniform());
  return Array.from({ length: D }, (_, i) => {
    const radius = Math.sqrt(-2 * Math.log(uniforms[i]!));
    return radius * Math.cos(2 * Math.PI * uniforms[D + i]!);
  });
}

/** Draws from the start of a token to that of the next, whatever is sampled. */
export const DRAWS_PER_TOKEN = 16_384;

/** One image to sample. */
export interface Image {
  readonly label: number;
  readonly seed: number;
  readonly index: number;
}

interface Replay extends SamplingOptions {
  readonly weights: ReturnType<typeof randomWeights>;
}

type Vector = readonly number[];

/** What predicts token k of rows of tokens, by teacher forcing over all of them. */
async function conditionsOf(
  rows: readonly (readonly Vector[])[],
  k: number,
  { weights, classes }: {
    weights: Replay["weights"];
    classes: readonly number[];
  },
): Promise<Vector[]> {
  const p = constants(weights);
  // Tokens that are not known yet must not matter: they are filled with sevens.
  const all = rows.flatMap((row) =>
    Array.from({ length: TOKENS }, (_, i) => row[i] ?? new Array(D).fill(7))
  );
  const labels = hostTensor("i32", [rows.length], Int32Array.from(classes));
  const states = teacherForcedStates(p, {
    latents: constantArray([rows.length, TOKENS, D], all.flat()),
    classes: constant(labels),
    config: AR,
  });
  const placed = add(states, p.get("pos_for_diff.weight"));
  const { h } = await evaluate({ h: reshape(placed, [-1, WIDTH]) });
  return rows.map((_, row) => {
    const start = (row * TOKENS + k) * WIDTH;
    return [...h.data.subarray(start, start + WIDTH)];
  });
}

async function velocities(
  x: readonly Vector[],
  { t, conditions, weights }: {
    t: number;
    conditions: readonly Vector[];
    weights: Replay["weights"];
  },
): Promise<Vector[]> {
  const v = headVelocity(
    constants(weights).at("head.net"),
    constantArray([x.length, D], x.flat()),
    {
      t: constantArray([x.length], x.map(() => t)),
      condition: constantArray([x.length, WIDTH], conditions.flat()),
      config: AR,
    },
  );
  const { data } = (await evaluate({ v })).v;
  return x.map((_, row) => [...data.subarray(row * D, (row + 1) * D)]);
}

/** One token of both halves of an image, conditional first. */
async function replayToken(
  halves: readonly (readonly Vector[])[],
  { label, seed, index }: Image,
  { weights, guidance, solver, steps }: Replay,
): Promise<Vector[]> {
  const k = halves[0]!.length;
  const scale = guidanceScale(guidance, k, TOKENS);
  const coupled = scale > 1;
  const draw = (half: number, i: number) =>
    drawOf({
      seed,
      index,
      step: k * DRAWS_PER_TOKEN + i,
      half: coupled ? 0 : half,
    });
  const classes = [label, NO_CLASS].slice(0, halves.length);
  const conditions = await conditionsOf(halves, k, { weights, classes });
  let x = halves.map((_, half): Vector => draw(half, 0));
  const count = stepsOfTokens(steps, TOKENS)[k]!;
  for (const [i, step] of solverSteps({ solver, steps: count }).entries()) {
    const { t, keep, push, noise } = step;
    let v = await velocities(x, { t, conditions, weights });
    if (coupled) {
      const [c, u] = v as [Vector, Vector];
      const guided = u.map((value, j) => value + scale * (c[j]! - value));
      v = [guided, guided];
    }
    x = x.map((row, half) => {
      const e = noise > 0 ? draw(half, i + 1) : row.map(() => 0);
      return row.map((value, j) =>
        keep * value + push * v[half]![j]! + noise * e[j]!
      );
    });
  }
  return x.map((row) => {
    const norm = Math.hypot(...row);
    return row.map((value) => value * Math.sqrt(D) / norm);
  });
}

/**
 * The tokens of one image by the plainest means: every token by teacher forcing
 * over all before it, every solver step by the whole head, on the reference.
 */
export async function replay(image: Image, how: Replay): Promise<number[]> {
  const halves = Array.from(
    { length: how.guidance.cfg > 1 ? 2 : 1 },
    (): Vector[] => [],
  );
  for (let k = 0; k < TOKENS; k++) {
    const next = await replayToken(halves, image, how);
    halves.forEach((half, i) => half.push(next[i]!));
  }
  return halves[0]!.flat();
}
