import {
  broadcastTo,
  cast,
  div,
  equal,
  flip,
  gather,
  mul,
  pad,
  permute,
  reshape,
  scalar,
  scatterAdd,
  slice,
  sliceAt,
  sliceBox,
  sum,
  sumTo,
  updateSlice,
} from "../functions/mod.ts";
import { type Shape, sizeOf } from "../host_tensor.ts";
import type { Tensor } from "../node.ts";
import type { ReduceAttributes } from "../op_attributes.ts";
import type { indexing } from "../ops/indexing.ts";
import type { leaf } from "../ops/leaf.ts";
import type { movement } from "../ops/movement.ts";
import type { random } from "../ops/random.ts";
import type { reduce } from "../ops/reduce.ts";
import { normalizeAxes } from "../shape.ts";
import type { GradientTable } from "./rule.ts";

/** dy of a reduction with its axes back as size 1. */
function keepDims(
  dy: Tensor,
  shape: Shape,
  { axes }: ReduceAttributes,
): Tensor {
  const reduced = new Set(normalizeAxes(axes, shape.length));
  return reshape(dy, shape.map((size, i) => reduced.has(i) ? 1 : size));
}

/** Gradients of the reductions. */
export const reduceGradients: Pick<GradientTable, keyof typeof reduce> = {
  reduce_sum: ({ inputs: [x], attributes }, dy) => [
    broadcastTo(keepDims(dy, x!.shape, attributes), x!.shape),
  ],
  reduce_max: (y, dy) => {
    const x = y.inputs[0]!;
    // Nothing wins where there is nothing.
    if (sizeOf(x.shape) === 0) return [x];
    // Ties share evenly, as in PyTorch's amax.
    const largest = equal(x, keepDims(y, x.shape, y.attributes));
    const winners = cast(largest, dy.dtype);
    const { axes } = y.attributes;
    const count = sum(winners, { axes, keepDims: true });
    return [mul(winners, div(keepDims(dy, x.shape, y.attributes), count))];
  },
};

/** Gradients of the movement ops: the movement undone. */
export const movementGradients: Pick<GradientTable, keyof typeof movement> = {
  reshape: ({ inputs: [x] }, dy) => [reshape(dy, x!.shape)],
  permute: ({ attributes: { order } }, dy) => {
    const inverse = order.map((_, axis) => order.indexOf(axis));
    return [permute(dy, inverse)];
  },
  broadcast: ({ inputs: [x] }, dy) => [sumTo(dy, x!.shape)],
  slice: ({ inputs: [x], attributes: { starts, stops } }, dy) => [
    pad(dy, starts, x!.shape.map((size, i) => size - stops[i]!)),
  ],
  pad: ({ inputs: [x], attributes: { low } }, dy) => [
    sliceBox(dy, low, x!.shape.map((size, i) => low[i]! + size)),
  ],
  concat: ({ inputs, attributes: { axis } }, dy) => {
    let start = 0;
    return inputs.map((x) => {
      const stop = start + x.shape[axis]!;
      const part = slice(dy, axis, { start, stop });
      start = stop;
      return part;
    });
  },
  flip: ({ attributes: { axes } }, dy) => [flip(dy, axes)],
};

/** Gradients of the indexing ops: reads become writes and the reverse. */
export const indexingGradients: Pick<GradientTable, keyof typeof indexing> = {
  gather: ({ inputs: [table, indices] }, dy) => [
    scatterAdd(indices!, dy, table!.shape[0]!),
    null,
  ],
  scatter_add: ({ inputs: [indices] }, dy) => [null, gather(dy, indices!)],
  slice_at: ({ inputs: [x, start], attributes: { axis } }, dy) => {
    const zeros = broadcastTo(scalar(0, dy.dtype), x!.shape);
    return [updateSlice(zeros, dy, { start: start!, axis }), null];
  },
  update_slice: ({ inputs: [, update, start], attributes: { axis } }, dy) => {
    const zeros = broadcastTo(scalar(0, dy.dtype), update!.shape);
    const size = update!.shape[axis]!;
    return [
      updateSlice(dy, zeros, { start: start!, axis }),
      sliceAt(dy, start!, { axis, size }),
      null,
    ];
  },
};

/** Leaves and draws pass nothing on. */
export const leafGradients: Pick<
  GradientTable,
  keyof typeof leaf | keyof typeof random
> = {
  input: () => [],
  constant: () => [],
  uniform: { notDifferentiable: "a draw depends on counters only" },
};
