import {
  add,
  cast,
  constantNumber,
  cos,
  div,
  equal,
  exp,
  less,
  log,
  mul,
  neg,
  pow,
  select,
  sign,
  sin,
  square,
  stopGradient,
  sub,
  sumTo,
} from "../functions/mod.ts";
import type { elementwise } from "../ops/elementwise.ts";
import { isFloat } from "../ops/rule.ts";
import type { Tensor } from "../node.ts";
import type { GradientTable } from "./rule.ts";

const STEP = { notDifferentiable: "boolean output" } as const;
const FLAT = { notDifferentiable: "constant between its steps" } as const;

/** Share of the gradient that goes to `a` where `a` wins; ties are halved. */
function winnerShare(a: Tensor, loses: Tensor, b: Tensor): Tensor {
  return select(loses, 0, select(equal(a, b), 0.5, 1));
}

/** Gradients of the elementwise ops. */
export const elementwiseGradients: Pick<
  GradientTable,
  keyof typeof elementwise
> = {
  neg: (_, dy) => [neg(dy)],
  // The slope is flat on both sides: second derivatives see a constant.
  abs: ({ inputs: [x] }, dy) => [mul(dy, stopGradient(sign(x!)))],
  sign: FLAT,
  exp: (y, dy) => [mul(dy, y)],
  expm1: (y, dy) => [mul(dy, add(y, 1))],
  log: ({ inputs: [x] }, dy) => [div(dy, x!)],
  log1p: ({ inputs: [x] }, dy) => [div(dy, add(x!, 1))],
  sqrt: (y, dy) => [div(mul(dy, 0.5), y)],
  sin: ({ inputs: [x] }, dy) => [mul(dy, cos(x!))],
  cos: ({ inputs: [x] }, dy) => [neg(mul(dy, sin(x!)))],
  tanh: (y, dy) => [mul(dy, sub(1, square(y)))],
  sigmoid: (y, dy) => [mul(dy, mul(y, sub(1, y)))],
  erf: ({ inputs: [x] }, dy) => [
    mul(dy, mul(exp(neg(square(x!))), 2 / Math.sqrt(Math.PI))),
  ],
  floor: FLAT,
  not: STEP,
  add: ({ inputs: [a, b] }, dy) => [
    sumTo(dy, a!.shape),
    sumTo(dy, b!.shape),
  ],
  sub: ({ inputs: [a, b] }, dy) => [
    sumTo(dy, a!.shape),
    neg(sumTo(dy, b!.shape)),
  ],
  mul: ({ inputs: [a, b] }, dy) => [
    sumTo(mul(dy, b!), a!.shape),
    sumTo(mul(dy, a!), b!.shape),
  ],
  div: (y, dy) => {
    const [a, b] = y.inputs;
    const da = div(dy, b!);
    return [sumTo(da, a!.shape), neg(sumTo(mul(da, y), b!.shape))];
  },
  pow: (y, dy) => {
    const [a, b] = y.inputs;
    // The exponent 0 makes a constant, also at a = 0, where a^-1 is infinite.
    const slope = mul(b!, pow(a!, sub(b!, 1)));
    const constant = constantNumber(b!) ?? 0;
    const da = mul(
      dy,
      constant === 0 ? select(equal(b!, 0), 0, slope) : slope,
    );
    // The power of a base that is not positive has no derivative by its exponent.
    const positive = less(0, a!);
    const lnA = select(positive, log(select(positive, a!, 1)), 0);
    return [sumTo(da, a!.shape), sumTo(mul(dy, mul(y, lnA)), b!.shape)];
  },
  maximum: ({ inputs: [a, b] }, dy) => [
    sumTo(mul(dy, winnerShare(a!, less(a!, b!), b!)), a!.shape),
    sumTo(mul(dy, winnerShare(b!, less(b!, a!), a!)), b!.shape),
  ],
  minimum: ({ inputs: [a, b] }, dy) => [
    sumTo(mul(dy, winnerShare(a!, less(b!, a!), b!)), a!.shape),
    sumTo(mul(dy, winnerShare(b!, less(a!, b!), a!)), b!.shape),
  ],
  less: STEP,
  equal: STEP,
  and: STEP,
  or: STEP,
  select: ({ inputs: [c, a, b] }, dy) => [
    null,
    sumTo(select(c!, dy, 0), a!.shape),
    sumTo(select(c!, 0, dy), b!.shape),
  ],
  cast: (node, dy) => {
    const { dtype } = node.inputs[0]!;
    return [isFloat(dtype) && isFloat(node.dtype) ? cast(dy, dtype) : null];
  },
  stop_gradient: "stop",
  fence: (_, dy) => [dy],
  recomputed: "recomputation",
};
