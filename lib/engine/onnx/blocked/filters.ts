import type { OnnxValue } from "../model.ts";
import { padRows } from "./padding.ts";
import { gatherRows, permutedRows, toBlocks } from "./operators.ts";
import type { BlockedTensors } from "./tensors.ts";

type Four = readonly [number, number, number, number];

/** Filters seen as images [N, C, P], whose channels go into blocks. */
interface LaneView {
  readonly images: number;
  readonly channels: number;
  readonly pixels: number;
}

/** Which rows [N, C / block, P] of a block a filter is made of, in its order. */
interface Rows {
  /** What makes the rows differ from others. */
  readonly key: string;
  /** The row behind the last is zeros. */
  readonly rows: () => Int32Array;
  /** Whether there are rows of zeros. */
  readonly zeros: boolean;
}

/** Filters in blocks, [rows, block]. */
function blockRows(
  w: OnnxValue,
  { view, order }: { view: LaneView; order: Rows },
  tensors: BlockedTensors,
): OnnxValue {
  const { lowering, block } = tensors;
  const { images, channels, pixels } = view;
  const elements = lowering.builder.constantElements(w);
  if (elements !== null) {
    const data = constantRows(elements, { view, rows: order.rows(), block });
    const shape = [data.length / block, block];
    return lowering.builder.constant({ type: "f32", shape }, data);
  }
  const flat = images === w.shape[0]
    ? w
    : lowering.reshape(w, [images, channels, 1, pixels]);
  const count = images * channels / block * pixels;
  const rows = lowering.reshape(toBlocks(flat, lowering), [count, block]);
  const source = order.zeros ? padRows(rows, count + 1, lowering) : rows;
  return gatherRows(source, order, lowering);
}

/** The same of constants: onnxruntime folds no operators on blocks. */
function constantRows(
  elements: Float32Array,
  { view: { pixels }, rows, block }: {
    view: LaneView;
    rows: Int32Array;
    block: number;
  },
): Float32Array {
  const data = new Float32Array(rows.length * block);
  rows.forEach((row, at) => {
    const pixel = row % pixels;
    const first = (row - pixel) / pixels * block;
    for (let lane = 0; lane < block; lane++) {
      // Behind the last element lie zeros.
      data[at * block + lane] = elements[(first + lane) * pixels + pixel] ?? 0;
    }
  });
  return data;
}

/**
 * Filters [O, C, KH, KW] for a forward convolution; outputs are filled up to a
 * block. Of fewer channels than a block, each stays a plain image.
 */
export function forwardFilters(
  w: OnnxValue,
  tensors: BlockedTensors,
): OnnxValue {
  const { lowering, block } = tensors;
  return lowering.once(`blocked filters ${w.name}`, () => {
    const [given, inputs, height, width] = w.shape as Four;
    const outputs = Math.ceil(given / block) * block;
    const taps = height * width;
    const constant = lowering.builder.isConstant(w);
    const filled = constant ? w : padRows(w, outputs, lowering);
    const view = { images: 1, channels: outputs, pixels: inputs * taps };
    const lanes = inputs < block ? 1 : block;
    const sizes = [outputs / block, inputs / lanes, lanes, taps];
    const order = {
      key: `forward ${sizes}`,
      rows: () => permutedRows(sizes, [0, 1, 3, 2]),
      zeros: false,
    };
    const rows = blockRows(filled, { view, order }, tensors);
    return lowering.reshape(rows, [outputs, inputs, height, width]);
  });
}

/** Where each tap of a filter of the input gradient comes from, along one axis. */
export interface AxisTaps {
  /** Index of the tap in the forward filter by phase and tap; null: no weight. */
  readonly taps: readonly (readonly (number | null)[])[];
}

/**
 * Filters [O, C, KH, KW] for an input gradient: from O channels to C channels
 * for each phase of the stride.
 */
export function backwardFilters(
  w: OnnxValue,
  [vertical, horizontal]: readonly [AxisTaps, AxisTaps],
  tensors: BlockedTensors,
): OnnxValue {
  const { lowering, block } = tensors;
  const [outputs, inputs, height, width] = w.shape as Four;
  const shape = [
    vertical.taps.length * horizontal.taps.length * inputs,
    outputs,
    vertical.taps[0]!.length,
    horizontal.taps[0]!.length,
  ];
  const axes = [vertical.taps, horizontal.taps] as const;
  const key = `backward ${w.shape} ${JSON.stringify(axes)}`;
  return lowering.once(`${key} ${w.name}`, () => {
    const view = { images: outputs, channels: inputs, pixels: height * width };
    const order = {
      key,
      rows: () => backwardRows(w.shape as Four, { axes, block }),
      zeros: axes.flat(2).includes(null),
    };
    const rows = blockRows(w, { view, order }, tensors);
    return lowering.reshape(rows, shape);
  });
}

/**
 * Rows in the order [phases, C / block, O / block, taps, block of O], or [..,
 * O, taps] where O is less than a block; the row behind the last stands for no
 * weight.
 */
function backwardRows(
  [outputs, inputs, height, width]: Four,
  { axes: [vertical, horizontal], block }: {
    axes: readonly [AxisTaps["taps"], AxisTaps["taps"]];
    block: number;
  },
): Int32Array {
  const blocks = inputs / block;
  const none = outputs * blocks * height * width;
  // Few outputs are plain images of the convolution, each by itself.
  const lanes = outputs < block ? 1 : block;
  const rows: number[] = [];
  const addTap = (c: number, first: number, tap: number | null) => {
    for (let o = first; o < first + lanes; o++) {
      const row = (o * blocks + c) * height * width;
      rows.push(tap === null ? none : row + tap);
    }
  };
  const addBlocks = (taps: readonly (number | null)[]) => {
    for (let c = 0; c < blocks; c++) {
      for (let first = 0; first < outputs; first += lanes) {
        for (const tap of taps) addTap(c, first, tap);
      }
    }
  };
  for (const down of vertical) {
    for (const across of horizontal) {
      addBlocks(
        down.flatMap((u) =>
          across.map((v) => u === null || v === null ? null : u * width + v)
        ),
      );
    }
  }
  return Int32Array.from(rows);
}
