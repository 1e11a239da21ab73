import { isOp, type Node, type Tensor } from "../../tensor/mod.ts";
import type { Lowering } from "./lowering.ts";
import type { OnnxValue } from "./model.ts";
import { isFilled } from "./norms.ts";

interface GroupAttributes {
  readonly groups: number;
  readonly epsilon: number;
}

/** Statistics of each group of each image: [B, G, 1]. */
interface GroupStatistics {
  readonly mean: OnnxValue;
  readonly inverse: OnnxValue;
  /** x less the mean of its group, in x's shape. */
  readonly centred: OnnxValue;
}

function reduceLast(
  operator: "ReduceMean" | "ReduceSum",
  x: OnnxValue,
  { builder }: Lowering,
): OnnxValue {
  return builder.emit(operator, [x, builder.ints([-1])], {
    type: x.type,
    shape: [...x.shape.slice(0, -1), 1],
  });
}

function statistics(
  x: OnnxValue,
  { groups, epsilon, lowering }: GroupAttributes & { lowering: Lowering },
): GroupStatistics {
  const key = `group norm ${x.name} ${groups} ${epsilon}`;
  return lowering.once(key, () => {
    const { builder } = lowering;
    const size = x.shape.reduce((product, n) => product * n, 1);
    const images = x.shape[0]!;
    const rows = lowering.reshape(x, [images, groups, size / images / groups]);
    const mean = reduceLast("ReduceMean", rows, lowering);
    // Two passes: the mean square less the squared mean cancels.
    const centred = lowering.binary("Sub", rows, mean);
    const square = lowering.binary("Mul", centred, centred);
    const variance = reduceLast("ReduceMean", square, lowering);
    const shifted = lowering.binary("Add", variance, builder.scalar(epsilon));
    const { type, shape } = shifted;
    const deviation = builder.emit("Sqrt", [shifted], { type, shape });
    const inverse = lowering.binary("Div", builder.scalar(1), deviation);
    return { mean, inverse, centred: lowering.reshape(centred, x.shape) };
  });
}

/** [C] by group: [1, G, C / G]. */
function byGroup(w: OnnxValue, groups: number, lowering: Lowering): OnnxValue {
  return lowering.reshape(w, [1, groups, w.shape[0]! / groups]);
}

/** [B, G, C / G] (or 1 in the place of C / G) by channel: [B, C, 1, 1]. */
function byChannel(x: OnnxValue, lowering: Lowering): OnnxValue {
  const [images, groups, channels] = x.shape as [number, number, number];
  return lowering.reshape(x, [images, groups * channels, 1, 1]);
}

/** y = x A + B, with A and B by channel. */
export function groupNorm(
  node: Node<"group_norm">,
  lowering: Lowering,
): OnnxValue {
  const [x, w, b] = node.inputs.map((input) => lowering.value(input));
  const { groups } = node.attributes;
  const { mean, inverse } = statistics(x!, { ...node.attributes, lowering });
  const slope = lowering.binary("Mul", inverse, byGroup(w!, groups, lowering));
  const offset = lowering.binary(
    "Sub",
    byGroup(b!, groups, lowering),
    lowering.binary("Mul", mean, slope),
  );
  const scaled = lowering.binary("Mul", x!, byChannel(slope, lowering));
  return lowering.binary("Add", scaled, byChannel(offset, lowering));
}

/** Sums over the pixels of each channel, by group: [B, G, C / G]. */
function channelSums(
  x: OnnxValue,
  groups: number,
  lowering: Lowering,
): OnnxValue {
  const [images, channels, height, width] = x.shape as [
    number,
    number,
    number,
    number,
  ];
  const rows = lowering.reshape(x, [images, channels, height * width]);
  const sums = reduceLast("ReduceSum", rows, lowering);
  return lowering.reshape(sums, [images, groups, channels / groups]);
}

/** Sums over the pixels of dy and of dy (x - mean): [B, G, C / G]. */
function gradientSums(
  [x, dy]: readonly [OnnxValue, OnnxValue],
  { lowering, ...attributes }: GroupAttributes & { lowering: Lowering },
): { dy: OnnxValue; product: OnnxValue } {
  const { groups, epsilon } = attributes;
  const key = `group sums ${x.name} ${dy.name} ${groups} ${epsilon}`;
  return lowering.once(key, () => {
    const { centred } = statistics(x, { ...attributes, lowering });
    const product = lowering.binary("Mul", dy, centred);
    return {
      dy: channelSums(dy, groups, lowering),
      product: channelSums(product, groups, lowering),
    };
  });
}

function sumOverImages(x: OnnxValue, lowering: Lowering): OnnxValue {
  const channels = x.shape[1]! * x.shape[2]!;
  const { builder } = lowering;
  const sums = builder.emit("ReduceSum", [x, builder.ints([0])], {
    type: x.type,
    shape: x.shape.slice(1),
    attributes: { keepdims: { int: 0 } },
  });
  return lowering.reshape(sums, [channels]);
}

/**
 * The gradient of a group norm's weight, the sum of dy times the plain norm of
 * x, from sums that the gradient of x has made already. Null where the node is
 * something else.
 */
export function groupNormWeightGradient(
  node: Node<"reduce_sum">,
  lowering: Lowering,
): OnnxValue | null {
  const product = node.inputs[0]!;
  const pixels = [...node.attributes.axes].sort().join() === "0,2,3";
  if (!pixels || node.attributes.keepDims || !isOp(product, "mul")) return null;
  const [dy, norm] = product.inputs as readonly [Tensor, Tensor];
  if (!isOp(norm, "group_norm") || norm.shape.join() !== dy.shape.join()) {
    return null;
  }
  const [x, w, b] = norm.inputs as readonly [Tensor, Tensor, Tensor];
  if (!isFilled(w, 1) || !isFilled(b, 0)) return null;
  const options = { ...norm.attributes, lowering };
  const values = [lowering.value(x), lowering.value(dy)] as const;
  const { inverse } = statistics(values[0], options);
  const sums = gradientSums(values, options);
  const normal = lowering.binary("Mul", sums.product, inverse);
  return sumOverImages(normal, lowering);
}

/**
 * dx = dy A + c B + C with c = x - mean, A by channel and B, C by group. With
 * g = w dy, n the size of a group, s = sum of g and t = sum of g c:
 * A = w / deviation, B = -t / (n deviation^3), C = -s / (n deviation).
 */
export function groupNormGradient(
  node: Node<"group_norm_dx">,
  lowering: Lowering,
): OnnxValue {
  const { builder } = lowering;
  const [x, w, dy] = node.inputs.map((input) => lowering.value(input));
  const { groups } = node.attributes;
  const { inverse, centred } = statistics(x!, { ...node.attributes, lowering });
  const weight = byGroup(w!, groups, lowering);
  const sums = gradientSums([x!, dy!], { ...node.attributes, lowering });
  const total = (values: OnnxValue) => {
    const weighted = lowering.binary("Mul", values, weight);
    return reduceLast("ReduceSum", weighted, lowering);
  };
  const s = total(sums.dy);
  const t = total(sums.product);
  const { shape } = node;
  const size = shape[1]! * shape[2]! * shape[3]! / groups;
  const share = lowering.binary("Mul", inverse, builder.scalar(-1 / size));
  const square = lowering.binary("Mul", inverse, inverse);
  const slope = lowering.binary(
    "Mul",
    t,
    lowering.binary("Mul", share, square),
  );
  const offset = lowering.binary("Mul", s, share);
  const scale = lowering.binary("Mul", inverse, weight);
  const ones = lowering.filled(1, { shape: weight.shape, dtype: "f32" });
  const spread = (group: OnnxValue) =>
    byChannel(lowering.binary("Mul", group, ones), lowering);
  const first = lowering.binary("Mul", dy!, byChannel(scale, lowering));
  const second = lowering.binary("Mul", centred, spread(slope));
  const third = lowering.binary("Add", second, spread(offset));
  return lowering.binary("Add", first, third);
}
