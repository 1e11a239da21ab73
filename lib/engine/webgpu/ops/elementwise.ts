import { type DType, isFloat, type OpName } from "../../../tensor/mod.ts";
import type { FAMILIES } from "../../../tensor/mod.ts";
import { valueType } from "../wgsl/types.ts";
import type { FunctionName } from "../wgsl/functions.ts";
import type { Expression, LoweringTable } from "./lowering.ts";

/** Costs of operations, in additions. */
const CHEAP = 1;
const DIVISION = 4;
const ELEMENTARY = 16;

function simple<K extends OpName>(
  write: (...values: string[]) => string,
  cost = CHEAP,
): Expression<K> {
  return {
    kind: "expression",
    cost,
    write: (values) => write(...values),
  };
}

/** A call of one of our functions. */
function called<K extends OpName>(name: FunctionName): Expression<K> {
  return {
    kind: "expression",
    cost: ELEMENTARY,
    write: (values, _, code) => `${code.call(name)}(${values.join(", ")})`,
  };
}

/** One text for floats, another for integers. */
function byKind<K extends OpName>(
  float: (...values: string[]) => string,
  integer: (...values: string[]) => string,
): Expression<K> {
  return {
    kind: "expression",
    cost: CHEAP,
    write: (values, node) =>
      isFloat(node.inputs[0]!.dtype) ? float(...values) : integer(...values),
  };
}

/** The negative of a float; WGSL has no `--`, which a negative literal makes. */
function negated(x: string): string {
  return x.startsWith("-") ? x.slice(1) : `-${x}`;
}

/** Not a number wherever one of two floats is not. */
function extreme<K extends OpName>(name: "max" | "min"): Expression<K> {
  return {
    kind: "expression",
    cost: CHEAP,
    write: ([a, b], { dtype }, code) => {
      const plain = `${name}(${a}, ${b})`;
      if (!isFloat(dtype)) return plain;
      const isNan = code.call("is_nan");
      return `select(${plain}, ${a} + ${b}, ${isNan}(${a}) || ${isNan}(${b}))`;
    },
  };
}

/** Conversion of a value, written as text. */
function convert(value: string, from: DType, to: DType): string {
  if (to === "bool") {
    return from === "bool" ? value : `(${value} != ${valueType(from)}(0))`;
  }
  if (isFloat(from) && (to === "u8" || to === "u32")) {
    const word = `unsigned(${value})`;
    return to === "u8" ? `(${word} & 255u)` : word;
  }
  const converted = `${valueType(to)}(${value})`;
  return to === "u8" ? `(${converted} & 255u)` : converted;
}

/** Elementwise ops. */
export const elementwise: Pick<
  LoweringTable,
  keyof typeof FAMILIES.elementwise
> = {
  neg: byKind(negated, (x) => `(${x} - ${x} - ${x})`),
  abs: simple((x) => `abs(${x})`),
  sign: {
    kind: "expression",
    cost: CHEAP,
    write: ([x], { dtype }, code) => {
      if (valueType(dtype) === "u32") return `min(${x}, 1u)`;
      if (!isFloat(dtype)) return `sign(${x})`;
      return `select(sign(${x}), ${x}, ${code.call("is_nan")}(${x}))`;
    },
  },
  exp: called("exponential"),
  expm1: called("exponential_minus_one"),
  log: called("logarithm"),
  log1p: called("logarithm_of_one_plus"),
  sqrt: simple((x) => `sqrt(${x})`, DIVISION),
  sin: called("sine"),
  cos: called("cosine"),
  tanh: called("hyperbolic_tangent"),
  sigmoid: called("sigmoid"),
  erf: called("error_function"),
  floor: simple((x) => `floor(${x})`),
  not: simple((x) => `!${x}`),
  add: simple((a, b) => `${a} + ${b}`),
  sub: simple((a, b) => `${a} - ${b}`),
  mul: simple((a, b) => `${a} * ${b}`),
  div: simple((a, b) => `${a} / ${b}`, DIVISION),
  pow: called("power"),
  maximum: extreme("max"),
  minimum: extreme("min"),
  less: simple((a, b) => `${a} < ${b}`),
  equal: simple((a, b) => `${a} == ${b}`),
  and: simple((a, b) => `${a} && ${b}`),
  or: simple((a, b) => `${a} || ${b}`),
  select: simple((c, a, b) => `select(${b}, ${a}, ${c})`),
  cast: {
    kind: "expression",
    cost: CHEAP,
    write: ([x], { inputs, dtype }, code) => {
      const text = convert(x!, inputs[0]!.dtype, dtype);
      if (text.includes("unsigned(")) code.call("unsigned");
      return text;
    },
  },
  stop_gradient: simple((x) => x, 0),
  fence: simple((x) => x, 0),
  recomputed: {
    kind: "view",
    cost: 0,
    movesOnly: true,
    write: (node, at, code) => code.evaluate(node.inputs[0]!, at),
    forward: (_, at) => [...at],
  },
};
