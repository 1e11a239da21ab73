import {
  broadcastStrides,
  type DType,
  isFloat,
  type OpName,
  type Shape,
} from "../../../tensor/mod.ts";
import {
  allocateFor,
  type Elements,
  type Evaluate,
  offsetsOf,
  type ReferenceTable,
  type Value,
} from "./value.ts";
import type { FAMILIES } from "../../../tensor/mod.ts";

type Scalar1 = (x: number) => number;
type Scalar2 = (a: number, b: number) => number;

function map1<K extends OpName>(f: Scalar1): Evaluate<K> {
  return (node, [x]) => {
    const y = allocateFor(node);
    for (let i = 0; i < y.length; i++) y[i] = f(x!.data[i]!);
    return y;
  };
}

/** An operand read at every position of the output. */
function spread({ shape, data }: Value, to: Shape): Elements {
  if (shape.join() === to.join()) return data;
  const offsets = offsetsOf(to, broadcastStrides(shape, to));
  const Kind = data.constructor as new (n: number) => Elements;
  const out = new Kind(offsets.length);
  for (let i = 0; i < out.length; i++) out[i] = data[offsets[i]!]!;
  return out;
}

function map2<K extends OpName>(f: Scalar2): Evaluate<K> {
  return (node, [a, b]) => {
    const [left, right] = [spread(a!, node.shape), spread(b!, node.shape)];
    const y = allocateFor(node);
    for (let i = 0; i < y.length; i++) y[i] = f(left[i]!, right[i]!);
    return y;
  };
}

/** Products of u32 words pass 2^53: they wrap as hardware does. */
function multiply(dtype: DType): Scalar2 {
  return isFloat(dtype) ? (a, b) => a * b : Math.imul;
}

/** Abramowitz and Stegun 7.1.5 (series) below 2, 7.1.14 (continued fraction) above. */
export function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  const square = x * x;
  if (Math.abs(x) < 2) {
    let term = x;
    let sum = x;
    for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
      term *= -square / n;
      sum += term / (2 * n + 1);
    }
    return 2 / Math.sqrt(Math.PI) * sum;
  }
  let fraction = 0;
  for (let n = 60; n > 0; n--) fraction = n / 2 / (Math.abs(x) + fraction);
  const tail = Math.exp(-square) / Math.sqrt(Math.PI) /
    (Math.abs(x) + fraction);
  return Math.sign(x) * (1 - tail);
}

/** Evaluations of the elementwise ops. */
export const elementwise: Pick<
  ReferenceTable,
  keyof typeof FAMILIES.elementwise
> = {
  neg: map1((x) => -x),
  abs: map1(Math.abs),
  sign: map1(Math.sign),
  exp: map1(Math.exp),
  expm1: map1(Math.expm1),
  log: map1(Math.log),
  log1p: map1(Math.log1p),
  sqrt: map1(Math.sqrt),
  sin: map1(Math.sin),
  cos: map1(Math.cos),
  tanh: map1(Math.tanh),
  sigmoid: map1((x) => 1 / (1 + Math.exp(-x))),
  erf: map1(erf),
  floor: map1(Math.floor),
  not: map1((x) => 1 - x),
  add: map2((a, b) => a + b),
  sub: map2((a, b) => a - b),
  mul: (node, inputs) => map2<"mul">(multiply(node.dtype))(node, inputs),
  div: map2((a, b) => a / b),
  pow: map2((a, b) => a ** b),
  maximum: map2(Math.max),
  minimum: map2(Math.min),
  less: map2((a, b) => a < b ? 1 : 0),
  equal: map2((a, b) => a === b ? 1 : 0),
  and: map2((a, b) => a & b),
  or: map2((a, b) => a | b),
  select: (node, [condition, a, b]) => {
    const chosen = spread(condition!, node.shape);
    const [yes, no] = [spread(a!, node.shape), spread(b!, node.shape)];
    const y = allocateFor(node);
    for (let i = 0; i < y.length; i++) y[i] = chosen[i] ? yes[i]! : no[i]!;
    return y;
  },
  cast: (node, [x]) => {
    const y = allocateFor(node);
    const convert: Scalar1 = node.dtype === "bool"
      ? (v) => v === 0 ? 0 : 1
      : isFloat(node.dtype)
      ? (v) => v
      : Math.trunc;
    for (let i = 0; i < y.length; i++) y[i] = convert(x!.data[i]!);
    return y;
  },
  stop_gradient: (_, [x]) => x!.data,
  fence: (_, [x]) => x!.data,
  recomputed: (_, [x]) => x!.data,
};
