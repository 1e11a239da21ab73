import {
  blockSpecs,
  fullAttention,
  NORM_EPSILON,
  Parameters,
  rotaryAngles,
  transformerBlock,
} from "../../lib/nn/mod.ts";
import {
  attention,
  grad,
  type HostTensor,
  input,
  matmul,
  mul,
  type Program,
  program,
  type Shape,
  slice,
  sum,
  type Tensor,
} from "../../lib/tensor/mod.ts";
import { randomTensor } from "../ours/weights.ts";
import type { RivalSizes, RivalWork } from "./rival.ts";

/** Epsilon of the norms of every contestant. */
export const EPSILON = NORM_EPSILON;

const BUILD: {
  readonly [W in RivalWork]: (sizes: RivalSizes) => Program;
} = {
  "matmul": ({ batch, length, width }) => product(batch * length, width),
  "few-rows": ({ fewRows, width }) => product(fewRows, width),
  attention: attentionProgram,
  block: blockProgram,
};

/** Deviation of weights: no attention is so sharp that differences explode. */
const DEVIATION = 0.05;

/** The numbers of a work's operand, the same for every contestant. */
export function operand(name: string, shape: Shape): HostTensor<"f32"> {
  const deviation = /weight$|^w$/.test(name) ? DEVIATION : 1;
  return randomTensor(shape, { stream: name, deviation });
}

/** A work as a program of ours: all operands are states, the first output counts. */
export function rivalProgram(work: RivalWork, sizes: RivalSizes): Program {
  return BUILD[work](sizes);
}

/** Cosines and sines of the rotary embedding of a block, [L, D / 2] each. */
export function blockAngles(
  { length, heads, width }: RivalSizes,
): { cosine: Tensor; sine: Tensor } {
  const grid = Math.ceil(Math.sqrt(length));
  const headWidth = width / heads;
  const all = rotaryAngles({ grid, leading: 1, headWidth });
  const stop = { stop: length };
  return { cosine: slice(all.cosine, 0, stop), sine: slice(all.sine, 0, stop) };
}

function product(rows: number, width: number): Program {
  const [x, w] = [input("x", [rows, width]), input("w", [3 * width, width])];
  return overStates({ x, w }, { y: matmul(x, w, { transposeB: true }) });
}

function attentionProgram(
  { batch, length, heads, width }: RivalSizes,
): Program {
  const shape = [batch, heads, length, width / heads];
  const [q, k, v] = [input("q", shape), input("k", shape), input("v", shape)];
  const scale = (width / heads) ** -0.5;
  const y = attention([q, k, v], { causal: true, scale });
  return overStates({ q, k, v }, { y });
}

function blockProgram(sizes: RivalSizes): Program {
  const { batch, length, heads, width } = sizes;
  const leaves = Object.fromEntries(
    Object.entries(blockSpecs(width))
      .map(([name, { shape }]) => [name, input(name, shape)] as const),
  );
  const shape = [batch, length, width];
  const [x, dy] = [input("x", shape), input("dy", shape)];
  const y = transformerBlock(new Parameters(leaves), x, {
    heads,
    angles: blockAngles(sizes),
    mix: fullAttention({ causal: true }),
  });
  const [dx, ...gradients] = grad(sum(mul(y, dy)), [
    x,
    ...Object.values(leaves),
  ]);
  const named = Object.keys(leaves)
    .map((name, i) => [`d${name}`, gradients[i]!] as const);
  return overStates({ x, dy, ...leaves }, {
    dx: dx!,
    ...Object.fromEntries(named),
  });
}

function overStates(
  values: Readonly<Record<string, Tensor>>,
  outputs: Readonly<Record<string, Tensor>>,
): Program {
  const state = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, { value }]),
  ) as Program["state"];
  return program("work", { inputs: {}, state, outputs });
}
