import type { IndexingOps } from "../op_attributes.ts";
import { sameShape } from "../shape.ts";
import {
  isInteger,
  operands,
  type OpTable,
  requireAxis,
  requireDType,
  requirePosition,
  requireShapes,
} from "./rule.ts";

/** Ops that read or write at positions that are data. */
export const indexing: Pick<OpTable, keyof IndexingOps> = {
  gather: {
    equation: "y[i, ..] = table[indices[i], ..]",
    traits: ["indexing", "picks"],
    type: (inputs) => {
      const [table, indices] = operands(inputs, 2);
      requireDType(indices, isInteger);
      if (table.shape.length === 0) {
        throw new TypeError("Expected a table of rows, got a scalar");
      }
      const shape = [...indices.shape, ...table.shape.slice(1)];
      return { shape, dtype: table.dtype };
    },
  },
  scatter_add: {
    equation: "y[r, ..] = sum of updates[i, ..] over indices[i] = r",
    traits: ["indexing"],
    type: (inputs, { rows }) => {
      const [indices, updates] = operands(inputs, 2);
      requireDType(indices, isInteger);
      const rank = indices.shape.length;
      requireShapes(
        sameShape(indices.shape, updates.shape.slice(0, rank)),
        indices.shape,
        { b: updates.shape, rule: "one update an index" },
      );
      const shape = [rows, ...updates.shape.slice(rank)];
      return { shape, dtype: updates.dtype };
    },
  },
  slice_at: {
    equation: "y = x[start : start + size] along the axis; start is data",
    traits: ["indexing", "picks"],
    type: (inputs, { axis, size }) => {
      const [x, start] = operands(inputs, 2);
      requirePosition(start);
      requireAxis(axis, x);
      if (!(Number.isInteger(size) && size >= 0 && size <= x.shape[axis]!)) {
        throw new RangeError(
          `Expected a size of at most ${x.shape[axis]} along axis ${axis} of ` +
            `[${x.shape}], got ${size}`,
        );
      }
      const shape = x.shape.map((all, i) => i === axis ? size : all);
      return { shape, dtype: x.dtype };
    },
  },
  update_slice: {
    equation: "y is x with rows replaced by the update from start on",
    traits: ["indexing", "replaces", "joins"],
    type: (inputs, { axis }) => {
      const [x, update, start] = operands(inputs, 3);
      requirePosition(start);
      requireAxis(axis, x);
      const fits = update.dtype === x.dtype &&
        update.shape.length === x.shape.length &&
        update.shape.every((size, i) =>
          i === axis ? size <= x.shape[i]! : size === x.shape[i]
        );
      requireShapes(fits, x.shape, {
        b: update.shape,
        rule: `an update that fits along axis ${axis}`,
      });
      return x;
    },
  },
};
