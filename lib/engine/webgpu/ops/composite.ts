import { floatText } from "../wgsl/writer.ts";
import type { FAMILIES, Node, Tensor } from "../../../tensor/mod.ts";
import {
  div,
  fixed,
  type Index,
  indexText,
  mod,
  plus,
  times,
} from "../wgsl/index.ts";
import type { Kernels, LoweringTable, OpCode } from "./lowering.ts";

/** One row of numbers in, one out. */
const ROWS: Kernels = {
  kind: "kernel",
  family: "rows",
  readsExpressions: true,
  domain: "rows",
};

/** Scores and their softmax stay inside of a kernel. */
const ATTENTION: Kernels = {
  kind: "kernel",
  family: "attention",
  readsExpressions: false,
  domain: "heads",
};

/** Element e of a pair (even, odd) turned: even c - odd s, odd c + even s. */
function writeRotary(
  node: Node<"rotary">,
  at: readonly Index[],
  code: OpCode,
): string {
  const [x, cosine, sine] = node.inputs as [Tensor, Tensor, Tensor];
  const [, length, , width] = at as [Index, Index, Index, Index];
  const pair = div(width, 2);
  const even = at.with(3, times(pair, 2));
  const odd = at.with(3, plus(times(pair, 2), fixed(1)));
  const [a, b] = [code.evaluate(x, even), code.evaluate(x, odd)];
  const c = code.evaluate(cosine, [length, pair]);
  const s = code.evaluate(sine, [length, pair]);
  const { writer } = code;
  const isOdd = indexText(mod(width, 2));
  return writer.value(
    `select(${a} * ${c} - ${b} * ${s}, ${b} * ${c} + ${a} * ${s}, ${isOdd} == 1u)`,
  );
}

/** A value where `x` is above 0, else `slope` times it. */
function selected(
  x: string,
  value: string,
  { attributes: { slope } }: Node<"leaky_relu" | "leaky_relu_dx">,
): string {
  return `select(${value} * ${floatText(slope)}, ${value}, ${x} > 0.0f)`;
}

/** Composites with a lowering of their own; the others are expanded. */
export const composite: Pick<LoweringTable, keyof typeof FAMILIES.composite> = {
  silu: {
    kind: "expression",
    cost: 20,
    write: ([x], _, code) => `${x} * ${code.call("sigmoid")}(${x})`,
  },
  softplus: {
    kind: "expression",
    cost: 40,
    write: ([x], _, code) => `${code.call("softplus")}(${x})`,
  },
  leaky_relu: {
    kind: "expression",
    cost: 2,
    write: ([x], node) => selected(x!, x!, node),
  },
  leaky_relu_dx: {
    kind: "expression",
    cost: 2,
    write: ([y, dy], node) => selected(y!, dy!, node),
  },
  softmax: ROWS,
  rms_norm: ROWS,
  rms_norm_dx: ROWS,
  layer_norm: ROWS,
  layer_norm_dx: ROWS,
  group_norm: ROWS,
  group_norm_dx: ROWS,
  max_pool: "expand",
  average_pool: "expand",
  rotary: { kind: "view", cost: 8, movesOnly: false, write: writeRotary },
  attention: ATTENTION,
  attention_dq: ATTENTION,
  attention_dk: ATTENTION,
  attention_dv: ATTENTION,
  cached_attention: ATTENTION,
};
