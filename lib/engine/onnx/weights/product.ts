import {
  QUANTIZED_BLOCK,
  quantizedBlocks,
  sizeOf,
} from "../../../tensor/mod.ts";
import { convolveBlocks } from "../blocked/operators.ts";
import type { Lowering } from "../lowering.ts";
import type { OnnxValue } from "../model.ts";
import { blockedRows, quantizedNumbers, quantizedScales } from "./forms.ts";
import type { FrozenRows } from "./frozen.ts";

/**
 * Rows up to which weights are read as they lie in a file. onnxruntime packs the
 * weights of larger products into memory of its own, which then is worth it.
 */
const FEW_ROWS = 64;

/**
 * The same where a second copy of the weights would be large: as many as the
 * class tokens of one guided image of 512 pixels.
 */
const FEW_ROWS_OF_LARGE = 128;
const LARGE = 2 ** 19;

/** What `MatMulNBits` computes in: 8 bits. Its default is 15 times slower. */
const ACCURACY_LEVEL = 4;

/** A product [rows, columns] of a matrix by the transposed of a known one. */
interface FrozenProduct {
  readonly a: OnnxValue;
  readonly frozen: FrozenRows;
  readonly rows: number;
  readonly columns: number;
}

/**
 * A product with few rows by a weight that is known, plus an addend; null where
 * Gemm does better. Nothing is packed when the model is loaded: sessions of
 * several programs and processes read the same pages.
 */
export function emitFrozenProduct(
  product: FrozenProduct,
  lowering: Lowering,
  addend: OnnxValue | null,
): OnnxValue | null {
  const { weight } = product.frozen;
  const isLarge = sizeOf(weight.shape) >= LARGE;
  if (product.rows > (isLarge ? FEW_ROWS_OF_LARGE : FEW_ROWS)) return null;
  return weight.dtype === "q8"
    ? quantizedProduct(product, lowering, addend)
    : blockedProduct(product, lowering, addend);
}

/** Whether an addend is a row that is the same for all rows of a product. */
function isBias(
  addend: OnnxValue | null,
  { columns }: FrozenProduct,
): addend is OnnxValue {
  return addend !== null && addend.shape.join() === `${columns}`;
}

/** What remains of an addend once a bias was taken along. */
function withAddend(
  y: OnnxValue,
  { addend, product, lowering }: {
    addend: OnnxValue | null;
    product: FrozenProduct;
    lowering: Lowering;
  },
): OnnxValue {
  if (addend === null || isBias(addend, product)) return y;
  return lowering.binary("Add", y, addend);
}

function quantizedProduct(
  product: FrozenProduct,
  lowering: Lowering,
  addend: OnnxValue | null,
): OnnxValue {
  const { a, frozen, rows, columns } = product;
  const { builder } = lowering;
  const blocks = quantizedBlocks(frozen.width);
  const numbers = builder.deferred(
    { type: "u8", shape: [columns, blocks, QUANTIZED_BLOCK] },
    quantizedNumbers(frozen),
  );
  const scales = builder.deferred(
    { type: "f32", shape: [columns * blocks] },
    quantizedScales(frozen),
  );
  const bias = isBias(addend, product) ? [null, null, addend] : [];
  const y = builder.emit("MatMulNBits", [a, numbers, scales, ...bias], {
    type: "f32",
    shape: [rows, columns],
    domain: "com.microsoft",
    attributes: {
      K: { int: frozen.width },
      N: { int: columns },
      bits: { int: 8 },
      block_size: { int: QUANTIZED_BLOCK },
      accuracy_level: { int: ACCURACY_LEVEL },
    },
  });
  return withAddend(y, { addend, product, lowering });
}

/**
 * The product as a convolution over pixels, the rows, whose channels lie in
 * blocks: its filters are the weight in another order.
 */
function blockedProduct(
  product: FrozenProduct,
  lowering: Lowering,
  addend: OnnxValue | null,
): OnnxValue | null {
  const { a, frozen, columns } = product;
  const { block } = lowering;
  if (block === null || frozen.width % block > 0 || columns % block > 0) {
    return null;
  }
  const filters = lowering.builder.deferred(
    { type: "f32", shape: [columns, frozen.width, 1, 1] },
    blockedRows(frozen, block),
  );
  const x = rowsToBlocks(a, lowering, block);
  const bias = isBias(addend, product) ? { bias: addend } : {};
  const y = convolveBlocks([x, filters], { lowering, ...bias });
  const flat = blocksToRows(y, lowering, block);
  return withAddend(flat, { addend, product, lowering });
}

/** [R, C] as one image [1, C, 1, R] in blocks of channels. */
function rowsToBlocks(
  x: OnnxValue,
  lowering: Lowering,
  block: number,
): OnnxValue {
  return lowering.once(`rows in blocks ${x.name}`, () => {
    const [rows, width] = x.shape as [number, number];
    const parts = lowering.reshape(x, [rows, width / block, block]);
    const turned = rows === 1 ? parts : lowering.transpose(parts, [1, 0, 2]);
    return lowering.reshape(turned, [1, width, 1, rows]);
  });
}

/** [1, C, 1, R] in blocks of channels as [R, C]. */
function blocksToRows(
  y: OnnxValue,
  lowering: Lowering,
  block: number,
): OnnxValue {
  const [, width, , rows] = y.shape as [number, number, number, number];
  const parts = lowering.reshape(y, [width / block, rows, block]);
  const turned = rows === 1 ? parts : lowering.transpose(parts, [1, 0, 2]);
  return lowering.reshape(turned, [rows, width]);
}
