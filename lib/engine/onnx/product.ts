import { type Shape, sizeOf } from "../../tensor/mod.ts";
import type { Lowering } from "./lowering.ts";
import type { OnnxValue } from "./model.ts";
import type { FrozenRows } from "./weights/frozen.ts";
import { emitFrozenProduct } from "./weights/product.ts";

/** A product of two matrices, before it is emitted: it can still take an addend. */
export interface Product {
  readonly a: OnnxValue;
  readonly b: OnnxValue;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly rows: number;
  readonly columns: number;
  /** How many products a^T b read this b; 1 where nothing is known. */
  readonly sharing?: number;
  /** What b is the transposed of, where that is known before any run. */
  readonly frozen?: FrozenRows | null;
}

/**
 * Products with more columns than this read a copy of a transposed left side.
 * onnxruntime turns that side number by number, once for every so many columns.
 */
const PANEL_COLUMNS = 128;

/**
 * A matrix transposed. The operator sees an axis more: of two, onnxruntime would
 * put it into the product again.
 */
function transposedCopy(x: OnnxValue, lowering: Lowering): OnnxValue {
  return lowering.once(`transposed copy of ${x.name}`, () => {
    const [rows, columns] = x.shape as [number, number];
    const one = lowering.reshape(x, [1, 1, rows, columns]);
    const turned = lowering.transpose(one, [0, 1, 3, 2]);
    return lowering.reshape(turned, [columns, rows]);
  });
}

/** How the transposed left side of a product is dealt with. */
type Turning = "in the product" | "left side" | "right side and result";

/**
 * For a^T b: as it is, from a copy of a^T, or as (b^T a)^T, by what turns fewer
 * elements. Turning is slow (two to six times a plain copy, on one thread), and
 * one copy of b^T serves all products of b, such as the gradients of q, k and v.
 * An addend does not lie turned, so with one the result is not turned either.
 */
function turningOf(product: Product, addend: OnnxValue | null): Turning {
  const { a, b, transposeA, transposeB, rows, columns, sharing = 1 } = product;
  if (!transposeA || columns <= PANEL_COLUMNS) return "in the product";
  const right = sizeOf(b.shape) / sharing + rows * columns;
  const turnsRight = addend === null && !transposeB && rows > PANEL_COLUMNS;
  return turnsRight && right < sizeOf(a.shape)
    ? "right side and result"
    : "left side";
}

/** A product, with an addend as Gemm's C where one is given. */
export function emitGemm(
  product: Product,
  lowering: Lowering,
  addend: OnnxValue | null = null,
): OnnxValue {
  const { a, b, transposeA, transposeB, rows, columns, frozen } = product;
  if (frozen && !transposeA) {
    const by = { a, frozen, rows, columns };
    const packed = emitFrozenProduct(by, lowering, addend);
    if (packed !== null) return packed;
  }
  const turning = turningOf(product, addend);
  if (turning === "right side and result") {
    const left = transposedCopy(b, lowering);
    const y = lowering.builder.emit("Gemm", [left, a], {
      type: a.type,
      shape: [columns, rows],
    });
    return transposedCopy(y, lowering);
  }
  const copied = turning === "left side";
  const left = copied ? transposedCopy(a, lowering) : a;
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

/** x with its last two axes swapped. */
function swapLast(x: OnnxValue, lowering: Lowering): OnnxValue {
  const order = x.shape.map((_, axis) => axis);
  const last = order.length - 1;
  [order[last - 1], order[last]] = [last, last - 1];
  return lowering.transpose(x, order);
}

/** A batch of products in standard operators. */
export function standardProduct(
  lowering: Lowering,
  [a, b]: readonly [OnnxValue, OnnxValue],
  { transposeA = false, transposeB = false, alpha = 1, shape }:
    & ProductOptions
    & { readonly shape: Shape },
): OnnxValue {
  const left = transposeA ? swapLast(a, lowering) : a;
  const right = transposeB ? swapLast(b, lowering) : b;
  const { builder } = lowering;
  const y = builder.emit("MatMul", [left, right], { type: a.type, shape });
  return alpha === 1 ? y : lowering.binary("Mul", y, builder.scalar(alpha));
}

/** Products of the last two axes; leading axes broadcast. f32. */
export function batchedProduct(
  lowering: Lowering,
  [a, b]: readonly [OnnxValue, OnnxValue],
  options: ProductOptions & { readonly shape: Shape },
): OnnxValue {
  if (lowering.dialect === "standard") {
    return standardProduct(lowering, [a, b], options);
  }
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
