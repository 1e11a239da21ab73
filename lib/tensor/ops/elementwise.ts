import type { DType } from "../host_tensor.ts";
import type { ElementwiseOps, OpName } from "../op_attributes.ts";
import { broadcastShapes } from "../shape.ts";
import {
  isBool,
  isFloat,
  isNumber,
  operands,
  type OpRule,
  type OpTable,
  requireDType,
} from "./rule.ts";

type Allows = (dtype: DType) => boolean;

function unary<K extends OpName>(equation: string, allows: Allows): OpRule<K> {
  return {
    equation,
    traits: ["elementwise"],
    type: (inputs) => {
      const [x] = operands(inputs, 1);
      requireDType(x, allows);
      return { shape: x.shape, dtype: x.dtype };
    },
  };
}

function binary<K extends OpName>(
  equation: string,
  { allows, result }: { allows: Allows; result?: DType },
): OpRule<K> {
  return {
    equation,
    traits: ["elementwise"],
    type: (inputs) => {
      const [a, b] = operands(inputs, 2);
      requireDType(a, allows);
      if (a.dtype !== b.dtype) {
        throw new TypeError(
          `Expected one dtype, got ${a.dtype} and ${b.dtype}`,
        );
      }
      const shape = broadcastShapes(a.shape, b.shape);
      return { shape, dtype: result ?? a.dtype };
    },
  };
}

const NUMBERS = { allows: isNumber };
const FLOATS = { allows: isFloat };
const TRUTHS = { allows: isBool };

/** Ops that act on each element alone; operands broadcast by NumPy's rule. */
export const elementwise: Pick<OpTable, keyof ElementwiseOps> = {
  neg: unary("y = -x", isNumber),
  abs: unary("y = |x|", isNumber),
  sign: unary("y = -1, 0 or 1", isNumber),
  exp: unary("y = e^x", isFloat),
  expm1: unary("y = e^x - 1", isFloat),
  log: unary("y = ln x", isFloat),
  log1p: unary("y = ln(1 + x)", isFloat),
  sqrt: unary("y = x^(1/2)", isFloat),
  sin: unary("y = sin x", isFloat),
  cos: unary("y = cos x", isFloat),
  tanh: unary("y = tanh x", isFloat),
  sigmoid: unary("y = 1 / (1 + e^-x)", isFloat),
  erf: unary("y = 2 / sqrt(pi) * integral of e^(-t^2) from 0 to x", isFloat),
  floor: unary("y = largest integer not above x", isFloat),
  not: unary("y = not x", isBool),
  add: binary("y = a + b", NUMBERS),
  sub: binary("y = a - b", NUMBERS),
  mul: binary("y = a b", NUMBERS),
  div: binary("y = a / b", FLOATS),
  pow: binary("y = a^b", FLOATS),
  maximum: binary("y = max(a, b)", NUMBERS),
  minimum: binary("y = min(a, b)", NUMBERS),
  less: binary("y = a < b", { allows: isNumber, result: "bool" }),
  equal: binary("y = (a = b)", { allows: isNumber, result: "bool" }),
  and: binary("y = a and b", TRUTHS),
  or: binary("y = a or b", TRUTHS),
  select: {
    equation: "y = a where c, else b",
    traits: ["elementwise"],
    type: (inputs) => {
      const [c, a, b] = operands(inputs, 3);
      requireDType(c, isBool);
      if (a.dtype !== b.dtype) {
        throw new TypeError(
          `Expected one dtype, got ${a.dtype} and ${b.dtype}`,
        );
      }
      const shape = broadcastShapes(
        c.shape,
        broadcastShapes(a.shape, b.shape),
      );
      return { shape, dtype: a.dtype };
    },
  },
  cast: {
    equation: "y = x as another dtype; floats are cut towards zero",
    traits: ["elementwise"],
    type: (inputs, { dtype }) => {
      const [x] = operands(inputs, 1);
      return { shape: x.shape, dtype };
    },
  },
  stop_gradient: {
    equation: "y = x, with no gradient",
    traits: ["view"],
    type: (inputs) => operands(inputs, 1)[0],
  },
  fence: {
    equation: "y = x, as another node: what is made of it is made again",
    traits: ["view"],
    type: (inputs) => operands(inputs, 1)[0],
  },
  recomputed: {
    equation: "y = x; gradients compute x again from the other inputs",
    traits: ["view"],
    type: ([x, ...sources]) => {
      if (x === undefined || sources.length === 0) {
        throw new TypeError("Expected a value and what it is computed from");
      }
      sources.forEach((source) => requireDType(source, isFloat));
      return { shape: x.shape, dtype: x.dtype };
    },
  },
};
