import { type Shape, sizeOf } from "../../tensor/mod.ts";
import type { Lowering } from "./lowering.ts";
import type { OnnxValue } from "./model.ts";

/** A product of two matrices, before it is emitted: it can still take an addend. */
export interface Product {
  readonly a: OnnxValue;
  readonly b: OnnxValue;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly rows: number;
  readonly columns: number;
}

/**
 * Products with more columns than this read a copy of a transposed left side.
 * onnxruntime turns that side number by number, once for every so many columns.
 */
const PANEL_COLUMNS = 128;

/** Sums from this length on are made in halves. */
const LONG_SUM = 1024;

/**
 * A product a^T b over many rows of both, or null: as two products over half of
 * the rows, because threads that share one product all prepare the whole of b.
 */
function emitHalves(product: Product, lowering: Lowering): OnnxValue | null {
  const { a, b, transposeA, transposeB, rows, columns } = product;
  const length = a.shape[0]!;
  const fits = transposeA && !transposeB && columns > PANEL_COLUMNS;
  if (!fits || length < LONG_SUM || length % 2 !== 0) return null;
  const { builder } = lowering;
  const half = length / 2;
  const left = transposedCopies(a, 2, lowering);
  const right = lowering.reshape(b, [2, half, columns]);
  const shape = [2, rows, columns];
  const both = batchedProduct(lowering, [left, right], { shape });
  return builder.emit("ReduceSum", [both, builder.ints([0])], {
    type: a.type,
    shape: [rows, columns],
    attributes: { keepdims: { int: 0 } },
  });
}

/**
 * A matrix in `count` parts of its rows, each transposed. The operator sees one
 * axis more: of three, onnxruntime would put it into the product again.
 */
function transposedCopies(
  x: OnnxValue,
  count: number,
  lowering: Lowering,
): OnnxValue {
  return lowering.once(`${count} transposed parts of ${x.name}`, () => {
    const [rows, columns] = x.shape as [number, number];
    const part = rows / count;
    const parts = lowering.reshape(x, [1, count, part, columns]);
    const turned = lowering.transpose(parts, [0, 1, 3, 2]);
    return lowering.reshape(turned, [count, columns, part]);
  });
}

/** Rows from which on a product is made in slices, and those of a slice. */
const TALL_ROWS = 2048;
const SLICE_ROWS = 1024;

/** Largest right side that is copied for each slice. */
const COPIED_ELEMENTS = 2 ** 17;

/**
 * A product with many rows as a batch of lower ones, or null. onnxruntime goes
 * over all rows once for every few columns; a slice stays in the cache meanwhile.
 */
function emitSlices(product: Product, lowering: Lowering): OnnxValue | null {
  const { a, b, transposeA, transposeB, rows, columns } = product;
  if (transposeA || rows < TALL_ROWS || rows % SLICE_ROWS !== 0) return null;
  // onnxruntime prepares constants once, which a batch would undo.
  const constant = lowering.builder.isConstant(b);
  if (constant || sizeOf(b.shape) > COPIED_ELEMENTS) return null;
  const count = rows / SLICE_ROWS;
  const shape = [count, ...b.shape];
  const copies = lowering.once(`${count} copies of ${b.name}`, () => {
    const { builder } = lowering;
    const { type } = b;
    return builder.emit("Expand", [b, builder.ints(shape)], { type, shape });
  });
  const slices = lowering.reshape(a, [count, SLICE_ROWS, a.shape[1]!]);
  const y = batchedProduct(lowering, [slices, copies], {
    transposeB,
    shape: [count, SLICE_ROWS, columns],
  });
  return lowering.reshape(y, [rows, columns]);
}

/** A product, with an addend as Gemm's C where one is given. */
export function emitGemm(
  product: Product,
  lowering: Lowering,
  addend: OnnxValue | null = null,
): OnnxValue {
  const parts = addend === null
    ? emitSlices(product, lowering) ?? emitHalves(product, lowering)
    : null;
  if (parts !== null) return parts;
  const { a, b, transposeA, transposeB, rows, columns } = product;
  const copied = transposeA && columns > PANEL_COLUMNS;
  const left = copied
    ? lowering.reshape(transposedCopies(a, 1, lowering), [rows, a.shape[0]!])
    : a;
  const inputs = addend === null ? [left, b] : [left, b, addend];
  return lowering.builder.emit("Gemm", inputs, {
    type: a.type,
    shape: [rows, columns],
    attributes: {
      transA: { int: transposeA && !copied ? 1 : 0 },
      transB: { int: transposeB ? 1 : 0 },
    },
  });
}

/** Options of a batch of products. */
export interface ProductOptions {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
  /** Factor of the product. */
  readonly alpha?: number;
}

/** Products of the last two axes; leading axes broadcast. f32. */
export function batchedProduct(
  lowering: Lowering,
  [a, b]: readonly [OnnxValue, OnnxValue],
  options: ProductOptions & { readonly shape: Shape },
): OnnxValue {
  const { transposeA = false, transposeB = false, alpha = 1 } = options;
  return lowering.builder.emit("FusedMatMul", [a, b], {
    type: a.type,
    shape: options.shape,
    domain: "com.microsoft",
    attributes: {
      alpha: { float: alpha },
      transA: { int: transposeA ? 1 : 0 },
      transB: { int: transposeB ? 1 : 0 },
    },
  });
}
