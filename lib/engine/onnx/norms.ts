import { isOp, type Node, type Tensor } from "../../tensor/mod.ts";
import type { Lowering } from "./lowering.ts";
import type { OnnxValue } from "./model.ts";

/** Whether every element of a tensor is known to be `value`. */
export function isFilled(tensor: Tensor, value: number): boolean {
  if (isOp(tensor, "broadcast")) return isFilled(tensor.inputs[0]!, value);
  if (!isOp(tensor, "constant")) return false;
  const { data } = tensor.attributes.value;
  return data.length > 0 && data.every((element) => element === value);
}

/** x over its statistics: what a norm makes before weight and bias. */
interface Statistics {
  /** 1 / standard deviation (or root mean square), last axis 1. */
  readonly inverse: OnnxValue;
  /** Absent in root-mean-square norms. */
  readonly mean?: OnnxValue;
}

function rowShape(x: OnnxValue): number[] {
  return [...x.shape.slice(0, -1), 1];
}

function keyOf(x: OnnxValue, epsilon: number): string {
  return `${x.name} ${epsilon}`;
}

function ones(x: OnnxValue, lowering: Lowering): OnnxValue {
  const shape = [x.shape.at(-1)!];
  return lowering.filled(1, { shape, dtype: "f32" });
}

/** Emits the norm and keeps its statistics for the gradient. */
function emitRms(
  [x, w]: readonly [OnnxValue, OnnxValue],
  epsilon: number,
  lowering: Lowering,
): OnnxValue {
  const { type, shape } = x;
  const [y, inverse] = lowering.builder.emitAll(
    "SimplifiedLayerNormalization",
    [x, w],
    {
      outputs: [{ type, shape }, { type, shape: rowShape(x) }],
      attributes: { axis: { int: -1 }, epsilon: { float: epsilon } },
    },
  );
  lowering.once(`rms ${keyOf(x, epsilon)}`, () => ({ inverse }));
  return y!;
}

function emitLayer(
  [x, w, b]: readonly [OnnxValue, OnnxValue, OnnxValue],
  epsilon: number,
  lowering: Lowering,
): OnnxValue {
  const { type, shape } = x;
  const row = { type, shape: rowShape(x) };
  const [y, mean, inverse] = lowering.builder.emitAll(
    "LayerNormalization",
    [x, w, b],
    {
      outputs: [{ type, shape }, row, row],
      attributes: { axis: { int: -1 }, epsilon: { float: epsilon } },
    },
  );
  lowering.once(`layer ${keyOf(x, epsilon)}`, () => ({ inverse, mean }));
  return y!;
}

/** x normalized, from the statistics of a norm that was emitted. */
function normalized(
  kind: "rms" | "layer",
  x: OnnxValue,
  { epsilon, lowering }: { epsilon: number; lowering: Lowering },
): { normal: OnnxValue; inverse: OnnxValue } {
  const known = () =>
    lowering.known<Statistics>(`${kind} ${keyOf(x, epsilon)}`);
  if (known() === undefined) {
    const w = ones(x, lowering);
    const zeros = lowering.filled(0, { shape: w.shape, dtype: "f32" });
    if (kind === "rms") emitRms([x, w], epsilon, lowering);
    else emitLayer([x, w, zeros], epsilon, lowering);
  }
  const { mean, inverse } = known()!;
  const normal = lowering.once(`normal ${kind} ${keyOf(x, epsilon)}`, () => {
    const centred = mean === undefined ? x : lowering.binary("Sub", x, mean);
    return lowering.binary("Mul", centred, inverse);
  });
  return { normal, inverse };
}

/** rms_norm; a second one of the same x, without weight, reuses the first. */
export function rmsNorm(node: Node<"rms_norm">, lowering: Lowering): OnnxValue {
  const { epsilon } = node.attributes;
  const [x, w] = node.inputs.map((input) => lowering.value(input));
  const known = lowering.known(`rms ${keyOf(x!, epsilon)}`) !== undefined;
  if (known && isFilled(node.inputs[1]!, 1)) {
    return normalized("rms", x!, { epsilon, lowering }).normal;
  }
  return emitRms([x!, w!], epsilon, lowering);
}

/** layer_norm; a second one of the same x, without weights, reuses the first. */
export function layerNorm(
  node: Node<"layer_norm">,
  lowering: Lowering,
): OnnxValue {
  const { epsilon } = node.attributes;
  const [x, w, b] = node.inputs.map((input) => lowering.value(input));
  const known = lowering.known(`layer ${keyOf(x!, epsilon)}`) !== undefined;
  const plain = isFilled(node.inputs[1]!, 1) && isFilled(node.inputs[2]!, 0);
  if (known && plain) {
    return normalized("layer", x!, { epsilon, lowering }).normal;
  }
  return emitLayer([x!, w!, b!], epsilon, lowering);
}

function rowMean(x: OnnxValue, { builder }: Lowering): OnnxValue {
  return builder.emit("ReduceMean", [x, builder.ints([-1])], {
    type: x.type,
    shape: rowShape(x),
  });
}

/** dx = (g - n mean(g n)) / deviation with g = w dy; layer norms first centre g. */
export function normGradient(
  kind: "rms" | "layer",
  node: Node<"rms_norm_dx" | "layer_norm_dx">,
  lowering: Lowering,
): OnnxValue {
  const { epsilon } = node.attributes;
  const [x, w, dy] = node.inputs.map((input) => lowering.value(input));
  const { normal, inverse } = normalized(kind, x!, { epsilon, lowering });
  const plain = isFilled(node.inputs[1]!, 1);
  let g = plain ? dy! : lowering.binary("Mul", dy!, w!);
  const along = rowMean(lowering.binary("Mul", g, normal), lowering);
  if (kind === "layer") {
    g = lowering.binary("Sub", g, rowMean(g, lowering));
  }
  const across = lowering.binary("Mul", normal, along);
  return lowering.binary("Mul", lowering.binary("Sub", g, across), inverse);
}
