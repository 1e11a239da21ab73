import fc from "fast-check";
import {
  abs,
  add,
  attention,
  broadcastShapes,
  broadcastTo,
  concat,
  constantArray,
  conv2d,
  cos,
  div,
  type Engine,
  exp,
  flip,
  groupNorm,
  type HostTensor,
  input,
  layerNorm,
  less,
  matmul,
  max,
  maximum,
  mean,
  mul,
  neg,
  type Node,
  pad,
  permute,
  program,
  reshape,
  rmsNorm,
  select,
  sigmoid,
  silu,
  sizeOf,
  slice,
  softmax,
  softplus,
  split,
  sqrt,
  square,
  sub,
  sum,
  tanh,
  type Tensor,
} from "../../lib/tensor/mod.ts";
import { Draw } from "./values.ts";

/** A random graph over random inputs. */
export interface RandomGraph {
  readonly inputs: readonly Node<"input">[];
  readonly values: readonly HostTensor[];
  /** Tensors of the graph, the newest first. */
  readonly outputs: readonly Tensor[];
}

type Pick = (count: number) => number;

/** What a step may do to tensors: null where the shapes do not allow it. */
type Step = (x: Tensor, y: Tensor, pick: Pick) => Tensor | null;

function broadcastable(a: Tensor, b: Tensor): boolean {
  try {
    return sizeOf(broadcastShapes(a.shape, b.shape)) <= 256;
  } catch {
    return false;
  }
}

function paired(combine: (a: Tensor, b: Tensor) => Tensor): Step {
  return (x, y) => broadcastable(x, y) ? combine(x, y) : null;
}

function ones(count: number): Tensor {
  return constantArray([count], Array(count).fill(1.25));
}

function vector(count: number): Tensor {
  const values = Array.from({ length: count }, (_, i) => (i % 5 - 2) / 4);
  return constantArray([count], values);
}

function last(x: Tensor): number | undefined {
  return x.shape.at(-1);
}

/** Steps whose results stay near 1 and whose slopes stay small. */
const STEPS: readonly Step[] = [
  (x) => tanh(x),
  (x) => sigmoid(x),
  (x) => silu(x),
  (x) => softplus(x),
  (x) => neg(x),
  (x) => cos(x),
  (x) => mul(x, 0.5),
  (x) => add(x, 0.25),
  (x) => sub(1, x),
  (x) => sqrt(add(square(x), 1)),
  (x) => exp(neg(square(x))),
  (x) => div(x, add(abs(x), 1)),
  paired(add),
  paired(sub),
  paired((a, b) => mul(tanh(a), b)),
  paired((a, b) => maximum(mul(a, 0.75), tanh(b))),
  paired((a, b) => select(less(a, b), a, b)),
  (x) => last(x) ? softmax(x) : null,
  (x) => last(x) ? rmsNorm(x, ones(last(x)!), 0.1) : null,
  (x) => {
    if (!last(x)) return null;
    const [weight, bias] = [ones(last(x)!), vector(last(x)!)];
    return layerNorm(x, { weight, bias, epsilon: 0.1 });
  },
  (x) => x.shape.length === 4 ? normalizedImages(x) : null,
  (x) => x.shape.length === 4 ? attended(x) : null,
  (x) => x.shape.length === 4 ? convolved(x) : null,
  (x) => x.shape.length === 3 ? reshape(x, [1, ...x.shape]) : null,
  (x) => x.shape.length > 0 ? mean(x, { axes: [-1] }) : null,
  (x) => x.shape.length > 0 ? mean(x, { axes: [0], keepDims: true }) : null,
  (x) => mul(sum(x), 1 / Math.max(sizeOf(x.shape), 1)),
  (x) => last(x) ? max(mul(x, 0.5), { axes: [-1] }) : null,
  (x, _, pick) => permute(x, rotated(x.shape.length, pick)),
  (x) => reshape(x, [-1]),
  (x) =>
    reshape(x, [...x.shape, 1]).shape.length <= 4
      ? reshape(x, [...x.shape, 1])
      : null,
  (x) =>
    x.shape.length > 0 && x.shape.length < 4 && sizeOf(x.shape) <= 64
      ? broadcastTo(x, [2, ...x.shape])
      : null,
  (x) => x.shape.length > 0 ? flip(x, [-1]) : null,
  (x) => (last(x) ?? 0) > 1 ? slice(x, -1, { start: 1 }) : null,
  (x) => last(x)! % 2 === 0 ? mul(...halves(x)) : null,
  (x) =>
    x.shape.length > 0 && sizeOf(x.shape) <= 64
      ? pad(x, x.shape.map(() => 1), x.shape.map(() => 0))
      : null,
  (x) =>
    x.shape.length > 0 && sizeOf(x.shape) <= 64
      ? concat([x, tanh(x)], -1)
      : null,
  (x) => x.shape.length >= 2 ? mul(selfProduct(x), 1 / last(x)!) : null,
  (x) => x.shape.length >= 2 ? projected(x) : null,
];

function rotated(rank: number, pick: Pick): number[] {
  const turn = pick(Math.max(rank, 1));
  return Array.from({ length: rank }, (_, axis) => (axis + turn) % rank);
}

function halves(x: Tensor): [Tensor, Tensor] {
  const [a, b] = split(x, 2);
  return [a!, sigmoid(b!)];
}

function selfProduct(x: Tensor): Tensor {
  return matmul(tanh(x), x, { transposeB: true });
}

function projected(x: Tensor): Tensor {
  const inner = last(x)!;
  const weight = constantArray(
    [3, inner],
    Array.from({ length: 3 * inner }, (_, i) => (i % 7 - 3) / (2 * inner)),
  );
  return add(matmul(x, weight, { transposeB: true }), vector(3));
}

function normalizedImages(x: Tensor): Tensor {
  const channels = x.shape[1]!;
  const [weight, bias] = [ones(channels), vector(channels)];
  const groups = channels % 2 === 0 ? 2 : 1;
  return groupNorm(x, { weight, bias, groups, epsilon: 0.1 });
}

function attended(x: Tensor): Tensor {
  const heads = [tanh(x), x, mul(x, 0.5)] as const;
  return attention(heads, { causal: true, scale: 0.5 });
}

function convolved(x: Tensor): Tensor {
  const channels = x.shape[1]!;
  const weight = constantArray(
    [2, channels, 3, 3],
    Array.from({ length: 18 * channels }, (_, i) => (i % 5 - 2) / 9),
  );
  return conv2d(x, weight, { padding: 1 });
}

const INPUT_SHAPES = [[3, 4], [4], [2, 1, 4], [], [2, 3, 2, 4]] as const;

/** What a random graph is made from. */
export interface GraphSeed {
  readonly seed: number;
  readonly steps: number;
}

/** The graph of a seed. */
export function randomGraph({ seed, steps }: GraphSeed): RandomGraph {
  const draw = new Draw(seed);
  const pick: Pick = (count) => Math.floor(draw.number() * count);
  const shapes = INPUT_SHAPES.filter(() => pick(3) > 0);
  if (shapes.length === 0) shapes.push(INPUT_SHAPES[0]);
  const inputs = shapes.map((shape, i) => input(`x${i}`, shape));
  const pool: Tensor[] = [...inputs];
  for (let tries = 0; pool.length < inputs.length + steps; tries++) {
    if (tries > 40 * steps) break;
    // Newer tensors are taken more often, so that graphs grow deep.
    const recent = () => pool[pool.length - 1 - pick(Math.min(pool.length, 4))];
    const made = STEPS[pick(STEPS.length)]!(recent()!, recent()!, pick);
    if (made !== null && !pool.includes(made)) pool.push(made);
  }
  const values = shapes.map((shape) => draw.floats(shape));
  const made = pool.slice(inputs.length).toReversed();
  return { inputs, values, outputs: made.slice(0, 3) };
}

/**
 * Seeds and sizes of random graphs: what is printed of a counterexample, which
 * shrinks to fewer steps.
 */
export const graphSeeds: fc.Arbitrary<GraphSeed> = fc.record({
  seed: fc.nat({ max: 2 ** 31 - 1 }),
  steps: fc.integer({ min: 1, max: 14 }),
});

/** Computes the outputs of a random graph. */
export async function graphResults(
  engine: Engine,
  { inputs, values, outputs }: RandomGraph,
): Promise<HostTensor[]> {
  const executable = await engine.compile(program("graph", {
    inputs: Object.fromEntries(inputs.map((x, i) => [`x${i}`, x])),
    outputs: Object.fromEntries(outputs.map((y, i) => [`y${i}`, y])),
  }));
  const given = values.map((value, i) => [`x${i}`, value] as const);
  const made = await engine.run(executable, {
    inputs: Object.fromEntries(given),
  });
  const results: HostTensor[] = [];
  for (const tensor of Object.values(made)) {
    results.push(await engine.download(tensor));
  }
  engine.dispose(executable);
  return results;
}
