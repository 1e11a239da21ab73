import type { Node } from "../../tensor/mod.ts";
import type { Lowering } from "./lowering.ts";
import type { OnnxValue } from "./model.ts";

type Four = readonly [number, number, number, number];
type Two = readonly [number, number];

/** A convolution of onnxruntime: pads are [top, left, bottom, right]. */
function emitConvolution(
  [x, w]: readonly [OnnxValue, OnnxValue],
  { stride, pads, shape, lowering }: {
    stride: Two;
    pads: readonly number[];
    shape: readonly number[];
    lowering: Lowering;
  },
): OnnxValue {
  return lowering.builder.emit("Conv", [x, w], {
    type: x.type,
    shape,
    attributes: {
      kernel_shape: { ints: w.shape.slice(2) },
      strides: { ints: stride },
      pads: { ints: pads },
    },
  });
}

/** conv2d: one operator. */
export function convolution(
  node: Node<"conv2d">,
  lowering: Lowering,
): OnnxValue {
  const [x, w] = node.inputs.map((input) => lowering.value(input));
  const { stride, padding } = node.attributes;
  const pads = [...padding, ...padding];
  const { shape } = node;
  return emitConvolution([x!, w!], { stride, pads, shape, lowering });
}

/** Filters [O, C, KH, KW] as [C, O, KH, KW], turned by half a circle. */
function turned(w: OnnxValue, lowering: Lowering): OnnxValue {
  return lowering.once(`turned ${w.name}`, () => {
    const [outputs, inputs, height, width] = w.shape as Four;
    const taps = height * width;
    const { builder } = lowering;
    const flat = lowering.reshape(w, [outputs, inputs, taps]);
    const swapped = lowering.transpose(flat, [1, 0, 2]);
    const order = builder.ints(Array.from(
      { length: taps },
      (_, tap) => taps - 1 - tap,
    ));
    const backwards = builder.emit("Gather", [swapped, order], {
      type: w.type,
      shape: swapped.shape,
      attributes: { axis: { int: 2 } },
    });
    return lowering.reshape(backwards, [inputs, outputs, height, width]);
  });
}

/**
 * Input gradient: with stride 1 a convolution by turned filters, which is
 * nearly twice as fast as the transposed convolution that the rest needs.
 */
export function imageGradient(
  node: Node<"conv2d_dx">,
  lowering: Lowering,
): OnnxValue {
  const [dy, w] = node.inputs.map((input) => lowering.value(input));
  const { stride, padding, size } = node.attributes;
  const kernel = w!.shape.slice(2) as [number, number];
  const around = [0, 1].map((i) => kernel[i]! - 1 - padding[i]!);
  const { shape } = node;
  if (stride[0] === 1 && stride[1] === 1 && around.every((n) => n >= 0)) {
    const filters = turned(w!, lowering);
    const pads = [...around, ...around];
    return emitConvolution([dy!, filters], { stride, pads, shape, lowering });
  }
  // Rows that the convolution never reached have gradient 0.
  const missed = [0, 1].map((i) =>
    size[i]! - (dy!.shape[i + 2]! - 1) * stride[i]! + 2 * padding[i]! -
    kernel[i]!
  );
  return lowering.builder.emit("ConvTranspose", [dy!, w!], {
    type: node.dtype,
    shape,
    attributes: {
      kernel_shape: { ints: kernel },
      strides: { ints: stride },
      pads: { ints: [...padding, ...padding] },
      output_padding: { ints: missed },
    },
  });
}

/** Images [B, C, H, W] with pixels as rows: [B, H, W, C]. */
function pixelRows(x: OnnxValue, lowering: Lowering): OnnxValue {
  return lowering.once(
    `pixel rows ${x.name}`,
    () => lowering.transpose(x, [0, 2, 3, 1]),
  );
}

function padded(
  x: OnnxValue,
  [vertical, horizontal]: Two,
  { builder }: Lowering,
): OnnxValue {
  if (vertical === 0 && horizontal === 0) return x;
  const [images, height, width, channels] = x.shape as Four;
  const sides = [0, vertical, horizontal, 0];
  const shape = [
    images,
    height + 2 * vertical,
    width + 2 * horizontal,
    channels,
  ];
  const amounts = builder.ints([...sides, ...sides]);
  return builder.emit("Pad", [x, amounts], { type: x.type, shape });
}

/** The pixels that one tap of the filter meets: [B, OH, OW, C]. */
function metPixels(
  x: OnnxValue,
  { tap: [row, column], stride, size: [rows, columns] }: {
    tap: Two;
    stride: Two;
    size: Two;
  },
  { builder }: Lowering,
): OnnxValue {
  const [images, height, width, channels] = x.shape as Four;
  const shape = [images, rows, columns, channels];
  if (height === rows && width === columns) return x;
  const ends = [
    row + (rows - 1) * stride[0] + 1,
    column + (columns - 1) * stride[1] + 1,
  ];
  const inputs = [[row, column], ends, [1, 2], stride].map((list) =>
    builder.ints(list)
  );
  return builder.emit("Slice", [x, ...inputs], { type: x.type, shape });
}

/** Filter gradient: one product over all pixels for each tap. */
export function filterGradient(
  node: Node<"conv2d_dw">,
  lowering: Lowering,
): OnnxValue {
  const [x, dy] = node.inputs.map((input) => lowering.value(input));
  const { stride, padding, kernel } = node.attributes;
  const { builder } = lowering;
  const [images, outputs, rows, columns] = dy!.shape as Four;
  const inputs = x!.shape[1]!;
  const pixels = images * rows * columns;
  const image = padded(pixelRows(x!, lowering), padding, lowering);
  const gradient = lowering.reshape(pixelRows(dy!, lowering), [
    pixels,
    outputs,
  ]);
  const type = node.dtype;
  const taps = [];
  for (let row = 0; row < kernel[0]; row++) {
    for (let column = 0; column < kernel[1]; column++) {
      const size = [rows, columns] as const;
      const at = { tap: [row, column] as const, stride, size };
      const met = metPixels(image, at, lowering);
      const flat = lowering.reshape(met, [pixels, inputs]);
      const product = builder.emit("Gemm", [gradient, flat], {
        type,
        shape: [outputs, inputs],
        attributes: { transA: { int: 1 } },
      });
      taps.push(lowering.reshape(product, [1, outputs, inputs]));
    }
  }
  const all = taps.length === 1 ? taps[0]! : builder.emit("Concat", taps, {
    type,
    shape: [taps.length, outputs, inputs],
    attributes: { axis: { int: 0 } },
  });
  return lowering.reshape(lowering.transpose(all, [1, 2, 0]), node.shape);
}
