import type { PoolAttributes, Shape } from "../../../tensor/mod.ts";
import type { Lowering } from "../lowering.ts";
import type { OnnxAttribute, OnnxValue } from "../model.ts";
import { poolAttributes } from "../pool.ts";

type Four = readonly [number, number, number, number];

/** An operator of onnxruntime on blocked images. */
function emitBlocked(
  op: string,
  inputs: readonly (OnnxValue | null)[],
  { shape, attributes = {}, lowering }: {
    shape: Shape;
    attributes?: Readonly<Record<string, OnnxAttribute>>;
    lowering: Lowering;
  },
): OnnxValue {
  const domain = "com.microsoft.nchwc";
  return lowering.builder.emit(op, inputs, {
    type: "f32",
    shape,
    domain,
    attributes,
  });
}

/** Images [B, C, H, W], C a multiple of the block, into blocks. */
export function toBlocks(x: OnnxValue, lowering: Lowering): OnnxValue {
  return emitBlocked("ReorderInput", [x], { shape: x.shape, lowering });
}

/** Images [B, H, W, C] into blocks, under the shape [B, C, H, W]. */
export function channelsLastToBlocks(
  x: OnnxValue,
  lowering: Lowering,
): OnnxValue {
  const [images, height, width, channels] = x.shape as Four;
  return emitBlocked("ReorderInput", [x], {
    shape: [images, channels, height, width],
    attributes: { channels_last: { int: 1 } },
    lowering,
  });
}

/** The first `channels` channels of blocks as plain images. */
export function fromBlocks(
  x: OnnxValue,
  channels: number,
  lowering: Lowering,
): OnnxValue {
  const [images, , height, width] = x.shape as Four;
  return emitBlocked("ReorderOutput", [x], {
    shape: [images, channels, height, width],
    attributes: { channels: { int: channels } },
    lowering,
  });
}

/** Blocks as images [B, H, W, C]. */
export function blocksToChannelsLast(
  x: OnnxValue,
  lowering: Lowering,
): OnnxValue {
  const [images, channels, height, width] = x.shape as Four;
  return emitBlocked("ReorderOutput", [x], {
    shape: [images, height, width, channels],
    attributes: { channels: { int: channels }, channels_last: { int: 1 } },
    lowering,
  });
}

/** Mean over the pixels of every channel: [B, C, 1, 1]. */
export function pixelMeans(x: OnnxValue, lowering: Lowering): OnnxValue {
  const shape = [x.shape[0]!, x.shape[1]!, 1, 1];
  return emitBlocked("GlobalAveragePool", [x], { shape, lowering });
}

/** A pool of blocked images. */
export function poolBlocks(
  operator: "MaxPool" | "AveragePool",
  { value, shape, attributes }: {
    readonly value: OnnxValue;
    readonly shape: Shape;
    readonly attributes: PoolAttributes;
  },
  lowering: Lowering,
): OnnxValue {
  const options = { shape, attributes: poolAttributes(attributes), lowering };
  return emitBlocked(operator, [value], options);
}

/** What a blocked convolution takes besides images and filters. */
export interface BlockedConvolution {
  readonly lowering: Lowering;
  readonly strides?: readonly number[];
  readonly dilations?: readonly number[];
  /** Top, left, bottom, right. */
  readonly pads?: readonly number[];
  readonly group?: number;
  /** [O]. */
  readonly bias?: OnnxValue;
  /** Of the output's shape: added to it. */
  readonly addend?: OnnxValue;
  /** Whether what is below 0 becomes 0, after all sums. */
  readonly rectified?: boolean;
}

/**
 * A convolution of blocked images, or of plain ones of fewer channels than a
 * block.
 *
 * @param w under the shape [O, C / group, KH, KW]; in blocks
 * [O / block, C / block, KH, KW, block of C, block of O]
 */
export function convolveBlocks(
  [x, w]: readonly [OnnxValue, OnnxValue],
  { lowering, bias, addend, ...options }: BlockedConvolution,
): OnnxValue {
  const { strides = [1, 1], dilations = [1, 1], group = 1 } = options;
  const { pads = [0, 0, 0, 0], rectified = false } = options;
  const kernel = w.shape.slice(2);
  const size = kernel.map((taps, i) => {
    const reach = (taps - 1) * dilations[i]! + 1;
    const room = x.shape[i + 2]! + pads[i]! + pads[i + 2]! - reach;
    return Math.floor(room / strides[i]!) + 1;
  });
  const inputs: (OnnxValue | null)[] = [x, w];
  if (bias !== undefined || addend !== undefined) inputs.push(bias ?? null);
  if (addend !== undefined) inputs.push(addend);
  return emitBlocked("Conv", inputs, {
    shape: [x.shape[0]!, w.shape[0]!, ...size],
    attributes: {
      kernel_shape: { ints: kernel },
      strides: { ints: strides },
      dilations: { ints: dilations },
      pads: { ints: pads },
      group: { int: group },
      ...rectified && { activation: { string: "Relu" } },
    },
    lowering,
  });
}

/** Which rows a gather takes; the key says what makes them differ. */
export interface RowOrder {
  readonly key: string;
  readonly rows: () => Int32Array;
}

/** Rows of x [.., R, block] by constant indices: [.., indices, block]. */
export function gatherRows(
  x: OnnxValue,
  { key, rows }: RowOrder,
  lowering: Lowering,
): OnnxValue {
  const { builder } = lowering;
  const axis = x.shape.length - 2;
  const indices = lowering.once(`rows ${key}`, () => {
    const data = rows();
    const same = data.length === x.shape[axis] &&
      data.every((row, at) => row === at);
    if (same) return null;
    return builder.constant({ type: "i32", shape: [data.length] }, data);
  });
  if (indices === null) return x;
  return builder.emit("Gather", [x, indices], {
    type: x.type,
    shape: x.shape.with(axis, indices.shape[0]!),
    attributes: { axis: { int: axis } },
  });
}

/** Rows of x [R, block], R the product of `sizes`, with those axes in another order. */
export function permuteRows(
  x: OnnxValue,
  { sizes, order }: { sizes: readonly number[]; order: readonly number[] },
  lowering: Lowering,
): OnnxValue {
  const key = `${sizes} by ${order}`;
  const rows = () => permutedRows(sizes, order);
  return gatherRows(x, { key, rows }, lowering);
}

/** Row numbers of axes `sizes` in another order. */
export function permutedRows(
  sizes: readonly number[],
  order: readonly number[],
): Int32Array {
  const strides = sizes.map((_, axis) =>
    sizes.slice(axis + 1).reduce((product, size) => product * size, 1)
  );
  let rows = [0];
  for (const axis of order) {
    const steps = Array.from({ length: sizes[axis]! }, (_, i) => i);
    rows = rows.flatMap((row) => steps.map((i) => row + i * strides[axis]!));
  }
  return Int32Array.from(rows);
}
