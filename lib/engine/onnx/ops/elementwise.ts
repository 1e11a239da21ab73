import {
  broadcastShapes,
  type DType,
  type FAMILIES,
  isOp,
  type Node,
  type OpName,
  sameShape,
  type Tensor,
} from "../../../tensor/mod.ts";
import { addToProduct } from "../gemm.ts";
import type { Lower, Lowering, LoweringTable } from "../lowering.ts";
import type { OnnxValue } from "../model.ts";

/**
 * Operands of an elementwise op, read before they were broadcast where the
 * others give the shape: these operators broadcast for free, Expand does not.
 */
function operandsOf(node: Tensor, lowering: Lowering): OnnxValue[] {
  const operands = [...node.inputs];
  for (const [i, operand] of operands.entries()) {
    if (!isOp(operand, "broadcast")) continue;
    const shapes = operands.with(i, operand.inputs[0]!).map((x) => x.shape);
    const shape = shapes.reduce(broadcastShapes);
    if (sameShape(shape, node.shape)) operands[i] = operand.inputs[0]!;
  }
  return operands.map((operand) => lowering.value(operand));
}

/** Dtypes for which onnxruntime has no kernel: computed in i64, which wraps alike. */
type Missing = readonly DType[];

interface Direct {
  readonly missing?: Missing;
  /** Whether the output is bool. */
  readonly test?: boolean;
}

/** An op that is one operator. */
function direct<K extends OpName>(
  operator: string,
  { missing = [], test = false }: Direct = {},
): Lower<K> {
  return (node, lowering) => {
    let operands = operandsOf(node, lowering);
    const wide = missing.includes(node.inputs[0]!.dtype);
    if (wide) operands = operands.map((x) => lowering.cast(x, "i64"));
    const type = test ? "bool" : operands[0]!.type;
    const y = lowering.builder.emit(operator, operands, {
      type,
      shape: node.shape,
    });
    return wide && !test ? lowering.cast(y, node.dtype) : y;
  };
}

/**
 * e^x - 1 without cancellation: 2t / (1 - t) with t = tanh(x / 2) near 0.
 */
function expm1(node: Node<"expm1">, lowering: Lowering): OnnxValue {
  const { builder } = lowering;
  const { shape, dtype: type } = node;
  const x = lowering.value(node.inputs[0]!);
  const one = builder.scalar(1);
  const half = lowering.binary("Mul", x, builder.scalar(0.5));
  const t = builder.emit("Tanh", [half], { type, shape });
  const twice = lowering.binary("Add", t, t);
  const small = lowering.binary("Div", twice, lowering.binary("Sub", one, t));
  const e = builder.emit("Exp", [x], { type, shape });
  const large = lowering.binary("Sub", e, one);
  return chooseNearZero(x, { small, large }, lowering);
}

/**
 * ln(1 + x) without cancellation (Kahan): with w = 1 + x rounded,
 * ln(w) x / (w - 1), and x where w is 1.
 */
function log1p(node: Node<"log1p">, lowering: Lowering): OnnxValue {
  const { builder } = lowering;
  const { shape, dtype: type } = node;
  const x = lowering.value(node.inputs[0]!);
  const one = builder.scalar(1);
  const w = lowering.binary("Add", x, one);
  const large = builder.emit("Log", [w], { type, shape });
  const rest = lowering.binary("Sub", w, one);
  const ratio = lowering.binary("Div", x, rest);
  const scaled = lowering.binary("Mul", large, ratio);
  const exact = builder.emit("Equal", [rest, builder.scalar(0)], {
    type: "bool",
    shape,
  });
  const small = builder.emit("Where", [exact, x, scaled], { type, shape });
  return chooseNearZero(x, { small, large }, lowering);
}

/**
 * 1 / (1 + e^-x). onnxruntime's Sigmoid is three times faster but has nothing
 * below x = -18; beside a SiLU of the same x, which is made of it, that is no loss.
 */
function sigmoid(node: Node<"sigmoid">, lowering: Lowering): OnnxValue {
  const { builder } = lowering;
  const { shape, dtype: type } = node;
  const x = lowering.value(node.inputs[0]!);
  if (lowering.known(`silu ${x.name}`) !== undefined) {
    return builder.emit("Sigmoid", [x], { type, shape });
  }
  const opposite = builder.emit("Neg", [x], { type, shape });
  const e = builder.emit("Exp", [opposite], { type, shape });
  const sum = lowering.binary("Add", e, builder.scalar(1));
  return builder.emit("Reciprocal", [sum], { type, shape });
}

function chooseNearZero(
  x: OnnxValue,
  { small, large }: { small: OnnxValue; large: OnnxValue },
  { builder }: Lowering,
): OnnxValue {
  const { type, shape } = x;
  const size = builder.emit("Abs", [x], { type, shape });
  const near = builder.emit("Less", [size, builder.scalar(1)], {
    type: "bool",
    shape,
  });
  return builder.emit("Where", [near, small, large], { type, shape });
}

/**
 * A chain of scalar additions as one operator; null for anything else. Gradient
 * norms add one number a parameter, and each operator costs microseconds.
 */
function sumOfScalars(
  node: Node<"add">,
  lowering: Lowering,
): OnnxValue | null {
  if (node.shape.length > 0 || node.dtype !== "f32") return null;
  const terms: Tensor[] = [];
  let rest: Tensor = node;
  while (isOp(rest, "add") && rest.inputs.every((x) => x.shape.length === 0)) {
    if (rest !== node && lowering.uses(rest) > 1) break;
    terms.unshift(rest.inputs[1]!);
    rest = rest.inputs[0]!;
  }
  if (terms.length < 2) return null;
  const values = [rest, ...terms].map((term) => lowering.value(term));
  return lowering.builder.emit("Sum", values, { type: "f32", shape: [] });
}

/** Dtypes that Where lacks travel as others of the same size or more. */
function select(node: Node<"select">, lowering: Lowering): OnnxValue {
  const [condition, ...branches] = operandsOf(node, lowering);
  const carrier = node.dtype === "u32"
    ? "i64"
    : node.dtype === "bool"
    ? "u8"
    : node.dtype;
  const cast = branches.map((x) => lowering.cast(x, carrier));
  const y = lowering.builder.emit("Where", [condition!, ...cast], {
    type: carrier,
    shape: node.shape,
  });
  return lowering.cast(y, node.dtype);
}

const UNSIGNED: Direct = { missing: ["u32", "u8"] };

/** Lowerings of the elementwise ops. */
export const elementwise: Pick<
  LoweringTable,
  keyof typeof FAMILIES.elementwise
> = {
  neg: direct("Neg", UNSIGNED),
  abs: direct("Abs"),
  sign: direct("Sign"),
  exp: direct("Exp"),
  expm1,
  log: direct("Log"),
  log1p,
  sqrt: direct("Sqrt"),
  sin: direct("Sin"),
  cos: direct("Cos"),
  tanh: direct("Tanh"),
  sigmoid,
  erf: direct("Erf"),
  floor: direct("Floor"),
  not: direct("Not"),
  add: (node, lowering) =>
    addToProduct(node, lowering) ?? sumOfScalars(node, lowering) ??
      direct("Add")(node, lowering),
  sub: direct("Sub"),
  mul: direct("Mul"),
  div: direct("Div"),
  pow: direct("Pow"),
  maximum: direct("Max"),
  minimum: direct("Min"),
  less: direct("Less", { test: true }),
  equal: direct("Equal", { test: true }),
  and: direct("And"),
  or: direct("Or"),
  select,
  cast: (node, lowering) =>
    lowering.cast(lowering.value(node.inputs[0]!), node.dtype),
  stop_gradient: (node, lowering) => lowering.value(node.inputs[0]!),
  fence: (node, lowering) => lowering.value(node.inputs[0]!),
  recomputed: (node, lowering) => lowering.value(node.inputs[0]!),
};
