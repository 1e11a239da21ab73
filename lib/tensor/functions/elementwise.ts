import { apply } from "../apply.ts";
import type { DType } from "../host_tensor.ts";
import type { Tensor } from "../node.ts";
import { constantNumber, scalar } from "./leaf.ts";

/** A tensor, or a number that stands for a scalar of its partner's dtype. */
export type Operand = Tensor | number;

type Binary =
  | "add"
  | "sub"
  | "mul"
  | "div"
  | "pow"
  | "maximum"
  | "minimum"
  | "less"
  | "equal";

function lift(x: Operand, partner: Operand): Tensor {
  if (typeof x !== "number") return x;
  return scalar(x, typeof partner === "number" ? "f32" : partner.dtype);
}

function binary(op: Binary, a: Operand, b: Operand): Tensor {
  return apply(op, [lift(a, b), lift(b, a)], {});
}

/** Whether combining `x` with a scalar of the same rank or less keeps x's shape. */
function isScalar(x: Operand, value: number): boolean {
  if (typeof x === "number") return x === value;
  return x.shape.length === 0 && constantNumber(x) === value;
}

/** a + b. */
export function add(a: Operand, b: Operand): Tensor {
  if (isScalar(b, 0) && typeof a !== "number") return a;
  if (isScalar(a, 0) && typeof b !== "number") return b;
  return binary("add", a, b);
}

/** a - b. */
export function sub(a: Operand, b: Operand): Tensor {
  if (isScalar(b, 0) && typeof a !== "number") return a;
  return binary("sub", a, b);
}

/** a b. */
export function mul(a: Operand, b: Operand): Tensor {
  if (isScalar(b, 1) && typeof a !== "number") return a;
  if (isScalar(a, 1) && typeof b !== "number") return b;
  return binary("mul", a, b);
}

/** a / b. */
export function div(a: Operand, b: Operand): Tensor {
  if (isScalar(b, 1) && typeof a !== "number") return a;
  return binary("div", a, b);
}

/** a to the power b. */
export function pow(a: Operand, b: Operand): Tensor {
  return binary("pow", a, b);
}

/** The larger of a and b. */
export function maximum(a: Operand, b: Operand): Tensor {
  return binary("maximum", a, b);
}

/** The smaller of a and b. */
export function minimum(a: Operand, b: Operand): Tensor {
  return binary("minimum", a, b);
}

/** a < b, as bool. */
export function less(a: Operand, b: Operand): Tensor {
  return binary("less", a, b);
}

/** a = b, as bool. */
export function equal(a: Operand, b: Operand): Tensor {
  return binary("equal", a, b);
}

/** a and b, of bools. */
export function and(a: Tensor, b: Tensor): Tensor {
  return apply("and", [a, b], {});
}

/** a or b, of bools. */
export function or(a: Tensor, b: Tensor): Tensor {
  return apply("or", [a, b], {});
}

/** not x, of a bool. */
export function not(x: Tensor): Tensor {
  return apply("not", [x], {});
}

/** a where the condition holds, else b. */
export function select(condition: Tensor, a: Operand, b: Operand): Tensor {
  return apply("select", [condition, lift(a, b), lift(b, a)], {});
}

/** -x. */
export function neg(x: Tensor): Tensor {
  return apply("neg", [x], {});
}

/** |x|. */
export function abs(x: Tensor): Tensor {
  return apply("abs", [x], {});
}

/** -1, 0 or 1 by the sign of x. */
export function sign(x: Tensor): Tensor {
  return apply("sign", [x], {});
}

/** e^x. */
export function exp(x: Tensor): Tensor {
  return apply("exp", [x], {});
}

/** e^x - 1, exact near 0. */
export function expm1(x: Tensor): Tensor {
  return apply("expm1", [x], {});
}

/** Natural logarithm. */
export function log(x: Tensor): Tensor {
  return apply("log", [x], {});
}

/** ln(1 + x), exact near 0. */
export function log1p(x: Tensor): Tensor {
  return apply("log1p", [x], {});
}

/** Square root. */
export function sqrt(x: Tensor): Tensor {
  return apply("sqrt", [x], {});
}

/** Sine of x radians. */
export function sin(x: Tensor): Tensor {
  return apply("sin", [x], {});
}

/** Cosine of x radians. */
export function cos(x: Tensor): Tensor {
  return apply("cos", [x], {});
}

/** Hyperbolic tangent. */
export function tanh(x: Tensor): Tensor {
  return apply("tanh", [x], {});
}

/** 1 / (1 + e^-x). */
export function sigmoid(x: Tensor): Tensor {
  return apply("sigmoid", [x], {});
}

/** The error function. */
export function erf(x: Tensor): Tensor {
  return apply("erf", [x], {});
}

/** The largest integer not above x. */
export function floor(x: Tensor): Tensor {
  return apply("floor", [x], {});
}

/** x x. */
export function square(x: Tensor): Tensor {
  return mul(x, x);
}

/** x as another dtype; floats are cut towards zero. */
export function cast(x: Tensor, dtype: DType): Tensor {
  return x.dtype === dtype ? x : apply("cast", [x], { dtype });
}

/** x, through which no gradient flows. */
export function stopGradient(x: Tensor): Tensor {
  return apply("stop_gradient", [x], {});
}
