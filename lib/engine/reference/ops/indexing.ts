import { type FAMILIES, sizeOf, stridesOf } from "../../../tensor/mod.ts";
import { place } from "./movement.ts";
import {
  allocateFor,
  type Elements,
  offsetsOf,
  type ReferenceTable,
  type Value,
} from "./value.ts";

/**
 * Requires positions inside a table.
 *
 * @throws {RangeError} naming the first one outside
 */
function checkIndices({ data }: Value, rows: number): void {
  const bad = data.findIndex((row) => row < 0 || row >= rows);
  if (bad >= 0) {
    throw new RangeError(
      `Index must lie in 0 to ${rows - 1}, got ${data[bad]} at ${bad}`,
    );
  }
}

/** A start is clamped so that the part lies inside, as on every engine. */
function clampStart(start: Value, size: number, all: number): number {
  return Math.min(Math.max(start.data[0]!, 0), all - size);
}

/** Evaluations of the indexing ops. */
export const indexing: Pick<ReferenceTable, keyof typeof FAMILIES.indexing> = {
  gather: (node, [table, indices]) => {
    checkIndices(indices!, table!.shape[0]!);
    const y = allocateFor(node);
    const width = sizeOf(table!.shape.slice(1));
    indices!.data.forEach((row, i) => {
      const source = table!.data.subarray(row * width, (row + 1) * width);
      (y as Float64Array).set(source, i * width);
    });
    return y;
  },
  scatter_add: (node, [indices, updates]) => {
    checkIndices(indices!, node.attributes.rows);
    const y = allocateFor(node);
    const width = sizeOf(node.shape.slice(1));
    indices!.data.forEach((row, i) => {
      for (let k = 0; k < width; k++) {
        y[row * width + k]! += updates!.data[i * width + k]!;
      }
    });
    return y;
  },
  slice_at: (node, [x, start]) => {
    const { axis, size } = node.attributes;
    const strides = stridesOf(x!.shape);
    const first = clampStart(start!, size, x!.shape[axis]!) * strides[axis]!;
    const offsets = offsetsOf(node.shape, strides, first);
    const y: Elements = allocateFor(node);
    for (let i = 0; i < y.length; i++) y[i] = x!.data[offsets[i]!]!;
    return y;
  },
  update_slice: (node, [x, update, start]) => {
    const { axis } = node.attributes;
    const data = x!.data.slice();
    const size = update!.shape[axis]!;
    const starts = node.shape.map((all, i) =>
      i === axis ? clampStart(start!, size, all) : 0
    );
    place(update!, { data, shape: node.shape }, starts);
    return data;
  },
};
