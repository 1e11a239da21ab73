import {
  isOp,
  type Node,
  normalizeAxes,
  type Shape,
  sizeOf,
  type Tensor,
} from "../../tensor/mod.ts";
import type { Lowering } from "./lowering.ts";
import type { OnnxValue } from "./model.ts";
import {
  batchedProduct,
  emitGemm,
  type Product,
  standardProduct,
} from "./product.ts";
import { frozenRows } from "./weights/frozen.ts";

/**
 * Products up to this size take their addend along as Gemm's C. Larger ones do
 * not where there are more threads: onnxruntime copies C into the result on one
 * of them first, which costs more than an addition on all.
 */
const RIDING_ELEMENTS = 64 * 1024;

/** A product plus an addend that broadcasts to it. */
function emitSum(
  product: Product,
  addend: OnnxValue,
  lowering: Lowering,
): OnnxValue {
  const { rows, columns } = product;
  if (lowering.singleThread || rows * columns <= RIDING_ELEMENTS) {
    return emitGemm(product, lowering, addend);
  }
  const y = emitGemm(product, lowering);
  const { type, shape } = y;
  return lowering.builder.emit("Add", [y, addend], { type, shape });
}

/** [.., M, K] as [.. M, K]: free, rows stay where they are. */
function flatten(x: OnnxValue, lowering: Lowering): OnnxValue {
  const last = x.shape.at(-1)!;
  const rows = sizeOf(x.shape.slice(0, -1));
  return lowering.reshape(x, [rows, last]);
}

/** How many products a^T b have the tensor as their b. */
function sharingOf(b: Tensor, lowering: Lowering): number {
  const counts = lowering.once("numbers of products a^T b", () => {
    const known = new Map<Tensor, number>();
    for (const node of lowering.order) {
      if (!isOp(node, "matmul") || !node.attributes.transposeA) continue;
      const right = node.inputs[1]!;
      known.set(right, (known.get(right) ?? 0) + 1);
    }
    return known;
  });
  return counts.get(b) ?? 1;
}

/** A matmul as one product of matrices, where it is one. */
function flatProduct(
  node: Node<"matmul">,
  lowering: Lowering,
): Product | null {
  const { transposeA, transposeB } = node.attributes;
  const [a, b] = node.inputs.map((x) => lowering.value(x));
  const single = b!.shape.length === 2 &&
    (a!.shape.length === 2 || !transposeA);
  if (!single || node.dtype !== "f32") return null;
  const columns = node.shape.at(-1)!;
  const rows = sizeOf(node.shape.slice(0, -1));
  const left = flatten(a!, lowering);
  const frozen = transposeB
    ? frozenRows(node.inputs[1]!, lowering.leaves)
    : null;
  const sharing = sharingOf(node.inputs[1]!, lowering);
  const sides = { a: left, b: b!, transposeA, transposeB, sharing };
  return { ...sides, rows, columns, frozen };
}

/**
 * The sum of a batch of products a^T b, which is one product over the batch:
 * the weight gradient of a layer that was applied to [.., L, K].
 */
function batchProduct(
  node: Node<"reduce_sum">,
  lowering: Lowering,
): Product | null {
  const x = node.inputs[0]!;
  if (!isOp(x, "matmul") || x.dtype !== "f32" || lowering.uses(x) !== 1) {
    return null;
  }
  const { transposeA, transposeB } = x.attributes;
  const [a, b] = x.inputs.map((input) => lowering.value(input));
  const rank = x.shape.length;
  const batch = a!.shape.slice(0, -2).join() === b!.shape.slice(0, -2).join();
  const axes = normalizeAxes(node.attributes.axes, rank);
  const whole = axes.length === rank - 2 && axes.every((axis, i) => axis === i);
  if (!transposeA || transposeB || !batch || !whole) return null;
  const [rows, columns] = x.shape.slice(-2) as [number, number];
  return {
    a: flatten(a!, lowering),
    b: flatten(b!, lowering),
    transposeA,
    transposeB,
    sharing: sharingOf(x.inputs[1]!, lowering),
    rows,
    columns,
  };
}

/** The product that a tensor is, through reshapes that keep its columns. */
function productOf(tensor: Tensor, lowering: Lowering): Product | null {
  if (lowering.uses(tensor) !== 1) return null;
  if (isOp(tensor, "reshape")) return productOf(tensor.inputs[0]!, lowering);
  if (isOp(tensor, "matmul")) return flatProduct(tensor, lowering);
  if (isOp(tensor, "reduce_sum")) return batchProduct(tensor, lowering);
  return null;
}

/** The addend as Gemm's C, or null when it does not broadcast as Gemm does. */
function addendOf(
  c: OnnxValue,
  { rows, columns }: Product,
  { shape, lowering }: { shape: Shape; lowering: Lowering },
): OnnxValue | null {
  if (c.shape.join() === shape.join()) {
    return lowering.reshape(c, [rows, columns]);
  }
  const row = sizeOf(c.shape) === columns && c.shape.at(-1) === columns &&
    shape.at(-1) === columns;
  return row ? lowering.reshape(c, [columns]) : null;
}

/**
 * A sum with a product in it, as one Gemm: biases, residuals and accumulated
 * gradients ride in C. Null where the node is no such sum.
 */
export function addToProduct(
  node: Node<"add">,
  lowering: Lowering,
): OnnxValue | null {
  const [a, b] = node.inputs as readonly [Tensor, Tensor];
  // The newer operand first: the older one is likely to be waiting already.
  const pairs = a.id > b.id ? [[a, b], [b, a]] : [[b, a], [a, b]];
  for (const [x, other] of pairs as [Tensor, Tensor][]) {
    if (x.shape.join() !== node.shape.join()) continue;
    const product = productOf(x, lowering);
    if (product === null) continue;
    const given = isOp(other, "broadcast") ? other.inputs[0]! : other;
    const addend = addendOf(lowering.value(given), product, {
      shape: node.shape,
      lowering,
    });
    if (addend === null) continue;
    return lowering.reshape(emitSum(product, addend, lowering), node.shape);
  }
  return null;
}

/** A sum over a batch of products as one Gemm, or null. */
export function summedProduct(
  node: Node<"reduce_sum">,
  lowering: Lowering,
): OnnxValue | null {
  const product = batchProduct(node, lowering);
  if (product === null) return null;
  return lowering.reshape(emitGemm(product, lowering), node.shape);
}

/** Pixels of an image from which its channels are summed by a product. */
const MANY_PIXELS = 256;

/**
 * A sum over all axes but the last, or over the channels of one image, as a
 * product with ones: onnxruntime sums columns many times slower. Null where the
 * node is no such sum.
 */
export function columnSum(
  node: Node<"reduce_sum">,
  lowering: Lowering,
): OnnxValue | null {
  const { shape, dtype } = node.inputs[0]!;
  const axes = normalizeAxes(node.attributes.axes, shape.length);
  const columns = axes.length === shape.length - 1 &&
    axes.every((axis, i) => axis === i);
  const channels = shape.length === 4 && shape[0] === 1 && axes.join() === "1";
  const end = channels ? 2 : shape.length - 1;
  const [rows, width] = [sizeOf(shape.slice(0, end)), sizeOf(shape.slice(end))];
  if (dtype !== "f32" || !(columns || channels) || rows < 2) return null;
  if (width < (channels ? MANY_PIXELS : 2)) return null;
  const ones = lowering.once(`ones ${rows}`, () => {
    const type = { type: "f32", shape: [1, rows] } as const;
    return lowering.builder.constant(type, new Float32Array(rows).fill(1));
  });
  const y = emitGemm({
    a: ones,
    b: lowering.reshape(lowering.value(node.inputs[0]!), [rows, width]),
    transposeA: false,
    transposeB: false,
    rows: 1,
    columns: width,
  }, lowering);
  return lowering.reshape(y, node.shape);
}

/** A matmul: Gemm where it is one product, FusedMatMul over batches. */
export function lowerMatmul(
  node: Node<"matmul">,
  lowering: Lowering,
): OnnxValue {
  const product = flatProduct(node, lowering);
  if (product !== null) {
    return lowering.reshape(emitGemm(product, lowering), node.shape);
  }
  const { transposeA, transposeB } = node.attributes;
  const [a, b] = node.inputs.map((x) => lowering.value(x));
  const { shape, dtype } = node;
  const multiply = dtype === "f32" ? batchedProduct : standardProduct;
  return multiply(lowering, [a!, b!], { transposeA, transposeB, shape });
}
