import type { OnnxValue } from "../model.ts";
import { gatherRows, permuteRows, toBlocks } from "./operators.ts";
import type { BlockedTensors } from "./tensors.ts";

type Four = readonly [number, number, number, number];

/** Zeros behind the rows of axis 0, up to a size. */
export function padRows(
  x: OnnxValue,
  size: number,
  { lowering }: BlockedTensors,
): OnnxValue {
  const missing = size - x.shape[0]!;
  if (missing === 0) return x;
  const none = x.shape.map(() => 0);
  const amounts = lowering.builder.ints([...none, ...none.with(0, missing)]);
  return lowering.builder.emit("Pad", [x, amounts], {
    type: x.type,
    shape: x.shape.with(0, size),
  });
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
    const filled = padRows(w, outputs, tensors);
    const flat = lowering.reshape(filled, [1, outputs, inputs, taps]);
    // [O / block, C, taps] rows of a block of outputs.
    const lanes = toBlocks(flat, lowering);
    const shape = [outputs, inputs, height, width];
    if (inputs < block) return lowering.reshape(lanes, shape);
    const sizes = [outputs / block, inputs / block, block, taps];
    const count = outputs / block * inputs * taps;
    const rows = lowering.reshape(lanes, [count, block]);
    const order = [0, 1, 3, 2];
    return lowering.reshape(
      permuteRows(rows, { sizes, order }, lowering),
      shape,
    );
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
  const axes = [vertical, horizontal] as const;
  const layout = `${w.shape} ${JSON.stringify(axes)}`;
  return lowering.once(`turned filters ${w.name} ${layout}`, () => {
    const flat = lowering.reshape(w, [outputs, inputs, 1, height * width]);
    // [O, C / block, taps] rows of a block of inputs.
    const lanes = toBlocks(flat, lowering);
    const count = outputs * inputs / block * height * width;
    const rows = lowering.reshape(lanes, [count, block]);
    const missing = axes.some(({ taps }) => taps.flat().includes(null));
    const source = missing ? padRows(rows, count + 1, tensors) : rows;
    const order = {
      key: `turned ${layout}`,
      rows: () => backwardRows(w.shape as Four, { axes, block }),
    };
    return lowering.reshape(gatherRows(source, order, lowering), shape);
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
    axes: readonly [AxisTaps, AxisTaps];
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
  for (const down of vertical.taps) {
    for (const across of horizontal.taps) {
      addBlocks(
        down.flatMap((u) =>
          across.map((v) => u === null || v === null ? null : u * width + v)
        ),
      );
    }
  }
  return Int32Array.from(rows);
}
