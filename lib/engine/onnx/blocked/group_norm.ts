import { isOp, type Node, type Tensor } from "../../../tensor/mod.ts";
import type { OnnxValue } from "../model.ts";
import { isFilled } from "../norms.ts";
import { convolveBlocks, pixelMeans } from "./operators.ts";
import type { BlockedTensors } from "./tensors.ts";

type Four = readonly [number, number, number, number];

/** Every channel of every image as a channel of one image: [1, B C, H, W]. */
function asChannels(x: OnnxValue, { lowering }: BlockedTensors): OnnxValue {
  const [images, channels, height, width] = x.shape as Four;
  return lowering.once(
    `channels ${x.name}`,
    () => lowering.reshape(x, [1, images * channels, height, width]),
  );
}

/** x A + B for channels [1, B C, H, W], with A and B of [B, C]. */
function scaleChannels(
  x: OnnxValue,
  { slope, offset, addend, tensors }: {
    slope: OnnxValue;
    offset?: OnnxValue;
    addend?: OnnxValue;
    tensors: BlockedTensors;
  },
): OnnxValue {
  const { lowering } = tensors;
  const count = x.shape[1]!;
  const filters = lowering.reshape(slope, [count, 1, 1, 1]);
  return convolveBlocks([x, filters], {
    group: count,
    bias: offset && lowering.reshape(offset, [count]),
    addend,
    lowering,
  });
}

/** Mean over the pixels: [B, C]. */
function channelMeans(x: OnnxValue, tensors: BlockedTensors): OnnxValue {
  const { lowering } = tensors;
  const shape = x.shape.slice(0, 2);
  return lowering.once(
    `channel means ${x.name}`,
    () => lowering.reshape(pixelMeans(x, lowering), shape),
  );
}

/**
 * Sum of a b over the pixels of channels [1, B C, H, W], as [B, C]: one image
 * is the filter of the other.
 */
function channelProducts(
  [a, b]: readonly [OnnxValue, OnnxValue],
  images: number,
  { lowering }: BlockedTensors,
): OnnxValue {
  return lowering.once(`channel products ${a.name} ${b.name}`, () => {
    const [, count, height, width] = a.shape as Four;
    const filters = lowering.reshape(b, [count, 1, height, width]);
    const sums = convolveBlocks([a, filters], { group: count, lowering });
    return lowering.reshape(sums, [images, count / images]);
  });
}

/** A matrix that takes `factor` times the sum over a group to all its channels. */
function groupMatrix(
  channels: number,
  { groups, factor }: { groups: number; factor: number },
  { lowering }: BlockedTensors,
): OnnxValue {
  return lowering.once(`groups ${channels} ${groups} ${factor}`, () => {
    const size = channels / groups;
    const group = (channel: number) => Math.floor(channel / size);
    const data = Float32Array.from(
      { length: channels * channels },
      (_, at) =>
        group(Math.floor(at / channels)) === group(at % channels) ? factor : 0,
    );
    const type = { type: "f32", shape: [channels, channels] } as const;
    return lowering.builder.constant(type, data);
  });
}

/** [B, C] with every channel replaced by `factor` times the sum over its group. */
function overGroups(
  x: OnnxValue,
  { epsilon, tensors, ...options }: {
    groups: number;
    factor: number;
    /** Added to all. */
    epsilon?: number;
    tensors: BlockedTensors;
  },
): OnnxValue {
  const { builder } = tensors.lowering;
  const inputs = [x, groupMatrix(x.shape[1]!, options, tensors)];
  if (epsilon !== undefined) inputs.push(builder.scalar(epsilon));
  return builder.emit("Gemm", inputs, { type: x.type, shape: x.shape });
}

/** What a norm's value and gradient share, by channel of each image: [B, C]. */
interface Statistics {
  /** x less the mean of its group: [1, B C, H, W]. */
  readonly centred: OnnxValue;
  /** Variance of the group, and epsilon. */
  readonly variance: OnnxValue;
  /** 1 / standard deviation of the group. */
  readonly inverse: OnnxValue;
}

function statistics(
  x: OnnxValue,
  { groups, epsilon }: { groups: number; epsilon: number },
  tensors: BlockedTensors,
): Statistics {
  const { lowering } = tensors;
  const { builder } = lowering;
  return lowering.once(`blocked norm ${x.name} ${groups} ${epsilon}`, () => {
    const [images, channels, height, width] = x.shape as Four;
    const size = channels / groups;
    const opposite = overGroups(channelMeans(x, tensors), {
      groups,
      factor: -1 / size,
      tensors,
    });
    const slope = lowering.filled(1, {
      shape: [images, channels],
      dtype: "f32",
    });
    const rows = asChannels(x, tensors);
    const centred = scaleChannels(rows, { slope, offset: opposite, tensors });
    const squares = channelProducts([centred, centred], images, tensors);
    const factor = 1 / (size * height * width);
    const variance = overGroups(squares, { groups, factor, epsilon, tensors });
    const { type, shape } = variance;
    const deviation = builder.emit("Sqrt", [variance], { type, shape });
    const inverse = builder.emit("Reciprocal", [deviation], { type, shape });
    return { centred, variance, inverse };
  });
}

/** w / deviation by channel: [B, C]. */
function slopeOf(
  { inverse }: Statistics,
  w: Tensor,
  { lowering }: BlockedTensors,
): OnnxValue {
  if (isFilled(w, 1)) return inverse;
  const weight = lowering.value(w);
  return lowering.once(
    `slope ${inverse.name} ${weight.name}`,
    () => lowering.binary("Mul", inverse, weight),
  );
}

/** y = c A + b with c = x - mean and A = w / deviation by channel. */
export function blockedGroupNorm(
  node: Node<"group_norm">,
  tensors: BlockedTensors,
): OnnxValue {
  const { lowering } = tensors;
  const [x, w, b] = node.inputs as readonly [Tensor, Tensor, Tensor];
  const value = tensors.value(x);
  const parts = statistics(value, node.attributes, tensors);
  const slope = slopeOf(parts, w, tensors);
  const offset = isFilled(b, 0)
    ? undefined
    : spread(lowering.value(b), x.shape[0]!, tensors);
  const y = scaleChannels(parts.centred, { slope, offset, tensors });
  return lowering.reshape(y, x.shape);
}

/** Blocked images with a number added to each channel: [C]. */
export function offsetChannels(
  x: Tensor,
  offset: OnnxValue,
  tensors: BlockedTensors,
): OnnxValue {
  const { lowering } = tensors;
  const [images, channels] = x.shape as Four;
  const slope = lowering.filled(1, {
    shape: [images, channels],
    dtype: "f32",
  });
  const y = scaleChannels(asChannels(tensors.value(x), tensors), {
    slope,
    offset: spread(offset, images, tensors),
    tensors,
  });
  return lowering.reshape(y, x.shape);
}

/** [C] for every image: [B, C]. */
function spread(
  b: OnnxValue,
  images: number,
  { lowering }: BlockedTensors,
): OnnxValue {
  const { builder } = lowering;
  const shape = [images, b.shape[0]!];
  return builder.emit("Expand", [b, builder.ints(shape)], {
    type: b.type,
    shape,
  });
}

/**
 * dx = dy A + c B + C, by channel, with A = w / deviation. B is -1 / variance
 * times the mean over a group of A dy c, C minus that of A dy.
 */
export function blockedGroupNormGradient(
  node: Node<"group_norm_dx">,
  tensors: BlockedTensors,
  addend?: OnnxValue,
): OnnxValue {
  const { lowering } = tensors;
  const [x, w, dy] = node.inputs as readonly [Tensor, Tensor, Tensor];
  const { groups } = node.attributes;
  const [images, channels, height, width] = x.shape as Four;
  const parts = statistics(tensors.value(x), node.attributes, tensors);
  const gradient = tensors.value(dy);
  const rows = asChannels(gradient, tensors);
  const slope = slopeOf(parts, w, tensors);
  const opposite = (sums: OnnxValue, count: number) => {
    const factor = -groups / channels / count;
    const scaled = lowering.binary("Mul", sums, slope);
    return overGroups(scaled, { groups, factor, tensors });
  };
  const products = channelProducts([rows, parts.centred], images, tensors);
  const t = opposite(products, height * width);
  const rest = scaleChannels(parts.centred, {
    slope: lowering.binary("Div", t, parts.variance),
    offset: opposite(channelMeans(gradient, tensors), 1),
    addend: addend && asChannels(addend, tensors),
    tensors,
  });
  const dx = scaleChannels(rows, { slope, addend: rest, tensors });
  return lowering.reshape(dx, x.shape);
}

/** The other factor and the norm, where x is a product with a norm without weights. */
function normalizedFactor(
  x: Tensor,
): { other: Tensor; norm: Node<"group_norm"> } | null {
  if (!isOp(x, "mul")) return null;
  for (const [i, norm] of x.inputs.entries()) {
    if (!isOp(norm, "group_norm")) continue;
    const [, w, b] = norm.inputs;
    const other = x.inputs[1 - i]!;
    if (isFilled(w!, 1) && isFilled(b!, 0)) return { other, norm };
  }
  return null;
}

/** Sums over the pixels, [B, C], without the product where x is one. */
function pixelSums(x: Tensor, tensors: BlockedTensors): OnnxValue {
  const { lowering } = tensors;
  const weighted = normalizedFactor(x);
  if (weighted !== null) {
    const { other, norm } = weighted;
    const value = tensors.value(norm.inputs[0]!);
    const { centred, inverse } = statistics(value, norm.attributes, tensors);
    const rows = asChannels(tensors.value(other), tensors);
    const products = channelProducts([rows, centred], x.shape[0]!, tensors);
    return lowering.binary("Mul", products, inverse);
  }
  const size = x.shape[2]! * x.shape[3]!;
  const means = channelMeans(tensors.value(x), tensors);
  return lowering.binary("Mul", means, lowering.builder.scalar(size));
}

/** reduce_sum over the pixels of every image, or of all images together. */
export function blockedSum(
  node: Node<"reduce_sum">,
  tensors: BlockedTensors,
): OnnxValue {
  const { builder } = tensors.lowering;
  const sums = pixelSums(node.inputs[0]!, tensors);
  if (node.shape.length === 2) return sums;
  return builder.emit("ReduceSum", [sums, builder.ints([0])], {
    type: sums.type,
    shape: node.shape,
    attributes: { keepdims: { int: 0 } },
  });
}
