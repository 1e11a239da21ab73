import type { MovementOps } from "../op_attributes.ts";
import type { Shape } from "../host_tensor.ts";
import { broadcastStrides, normalizeAxes, resolveReshape } from "../shape.ts";
import { operands, type OpTable, requireAxis } from "./rule.ts";

function sliceShape(
  shape: Shape,
  starts: readonly number[],
  stops: readonly number[],
): Shape {
  if (starts.length !== shape.length || stops.length !== shape.length) {
    throw new TypeError(
      `Slice must name every axis of [${shape}], got [${starts}] to [${stops}]`,
    );
  }
  return shape.map((size, axis) => {
    const [start, stop] = [starts[axis]!, stops[axis]!];
    const whole = Number.isInteger(start) && Number.isInteger(stop);
    if (!(whole && start >= 0 && start <= stop && stop <= size)) {
      throw new TypeError(
        `Slice must lie inside axis ${axis} of [${shape}], got ${start} to ${stop}`,
      );
    }
    return stop - start;
  });
}

/** Ops that arrange elements anew. */
export const movement: Pick<OpTable, keyof MovementOps> = {
  reshape: {
    equation: "y has x's elements in row-major order",
    traits: ["view", "seen through"],
    type: (inputs, { shape }) => {
      const [x] = operands(inputs, 1);
      return { shape: resolveReshape(x.shape, shape), dtype: x.dtype };
    },
  },
  permute: {
    equation: "axis i of y is axis order[i] of x",
    traits: ["view", "seen through"],
    type: (inputs, { order }) => {
      const [x] = operands(inputs, 1);
      const axes = normalizeAxes(order, x.shape.length);
      if (axes.length !== x.shape.length || order.some((axis) => axis < 0)) {
        throw new TypeError(
          `Order must name every axis of [${x.shape}], got [${order}]`,
        );
      }
      return { shape: order.map((axis) => x.shape[axis]!), dtype: x.dtype };
    },
  },
  broadcast: {
    equation: "y repeats x along axes of size 1 and new leading axes",
    traits: ["view"],
    type: (inputs, { shape }) => {
      const [x] = operands(inputs, 1);
      broadcastStrides(x.shape, shape);
      return { shape, dtype: x.dtype };
    },
  },
  slice: {
    equation: "y = x[starts : stops]",
    traits: ["view", "picks"],
    type: (inputs, { starts, stops }) => {
      const [x] = operands(inputs, 1);
      return { shape: sliceShape(x.shape, starts, stops), dtype: x.dtype };
    },
  },
  pad: {
    equation: "y is x between low and high zeros along each axis",
    traits: ["view"],
    type: (inputs, { low, high }) => {
      const [x] = operands(inputs, 1);
      const rank = x.shape.length;
      if (low.length !== rank || high.length !== rank) {
        throw new TypeError(
          `Padding must name every axis of [${x.shape}], got [${low}] and [${high}]`,
        );
      }
      const negative = [...low, ...high].find((n) => !(n >= 0));
      if (negative !== undefined) {
        throw new RangeError(`Padding must not be negative, got ${negative}`);
      }
      const shape = x.shape.map((size, i) => low[i]! + size + high[i]!);
      return { shape, dtype: x.dtype };
    },
  },
  concat: {
    equation: "y = the inputs one after another along the axis",
    traits: ["view", "joins"],
    type: (inputs, { axis }) => {
      const first = inputs[0];
      if (first === undefined) throw new TypeError("Expected at least 1 input");
      requireAxis(axis, first);
      for (const { shape, dtype } of inputs) {
        const fits = dtype === first.dtype &&
          shape.length === first.shape.length &&
          shape.every((size, i) => i === axis || size === first.shape[i]);
        if (!fits) {
          throw new TypeError(
            `Expected inputs that differ in axis ${axis} only, ` +
              `got ${first.dtype} [${first.shape}] and ${dtype} [${shape}]`,
          );
        }
      }
      const total = inputs.reduce((sum, x) => sum + x.shape[axis]!, 0);
      const shape = first.shape.map((size, i) => i === axis ? total : size);
      return { shape, dtype: first.dtype };
    },
  },
  flip: {
    equation: "y reads x backwards along the axes",
    traits: ["view"],
    type: (inputs, { axes }) => {
      const [x] = operands(inputs, 1);
      normalizeAxes(axes, x.shape.length);
      return x;
    },
  },
};
