import { causalMask, type Node, type Tensor } from "../../tensor/mod.ts";
import { batchedProduct } from "./product.ts";
import type { Lowering } from "./lowering.ts";
import type { OnnxValue } from "./model.ts";
import { clampedStart, counting } from "./ops/indexing.ts";

/** Added to the scores of hidden keys: e^-1e9 is 0 in float32. */
const HIDDEN = -1e9;

type GradientName = "attention_dq" | "attention_dk" | "attention_dv";
type AttentionNode = Node<"attention" | GradientName>;

function keyOf(node: AttentionNode, what: string): string {
  const ids = node.inputs.map((input) => input.id);
  const read = what === "scores" ? ids : ids.slice(0, 3);
  const { causal, scale } = node.attributes;
  return `attention ${what} ${read} ${causal} ${scale}`;
}

function softmax(scores: OnnxValue, { builder }: Lowering): OnnxValue {
  const { type, shape } = scores;
  const attributes = { axis: { int: -1 } };
  return builder.emit("Softmax", [scores], { type, shape, attributes });
}

/** Zeros, and HIDDEN where a query must not see a key. */
function mask(node: AttentionNode, lowering: Lowering): OnnxValue {
  const [q, k] = node.inputs as readonly [Tensor, Tensor];
  const { attributes } = causalMask(q.shape[2]!, k.shape[2]!) as Node<
    "constant"
  >;
  const { shape, data } = attributes.value;
  return lowering.once(
    `causal mask ${shape}`,
    () =>
      lowering.builder.constant(
        { type: "f32", shape },
        Float32Array.from(data),
      ),
  );
}

/** P = softmax(scale q k^T + mask): [B, H, L, T], shared with the gradients. */
function weights(node: AttentionNode, lowering: Lowering): OnnxValue {
  return lowering.once(keyOf(node, "weights"), () => {
    const [q, k] = node.inputs.map((input) => lowering.value(input));
    const { causal, scale: alpha } = node.attributes;
    const shape = [...q!.shape.slice(0, 3), k!.shape[2]!];
    const options = { alpha, shape, transposeB: true };
    const scores = batchedProduct(lowering, [q!, k!], options);
    if (!causal) return softmax(scores, lowering);
    const hidden = lowering.binary("Add", scores, mask(node, lowering));
    return softmax(hidden, lowering);
  });
}

/** O = P v. */
export function attention(
  node: AttentionNode,
  lowering: Lowering,
): OnnxValue {
  return lowering.once(keyOf(node, "output"), () => {
    const [q, , v] = node.inputs.map((input) => lowering.value(input));
    const shape = [...q!.shape.slice(0, 3), v!.shape[3]!];
    return batchedProduct(lowering, [weights(node, lowering), v!], { shape });
  });
}

/** dS = P (dP - sum of O dO), before the scale, which rides in the products. */
function scoreGradient(node: AttentionNode, lowering: Lowering): OnnxValue {
  return lowering.once(keyOf(node, "scores"), () => {
    const { builder } = lowering;
    const [, , v, dy] = node.inputs.map((input) => lowering.value(input));
    const p = weights(node, lowering);
    const products = lowering.binary("Mul", attention(node, lowering), dy!);
    const delta = builder.emit("ReduceSum", [products, builder.ints([-1])], {
      type: "f32",
      shape: [...products.shape.slice(0, -1), 1],
    });
    const options = { transposeB: true, shape: p.shape };
    const dp = batchedProduct(lowering, [dy!, v!], options);
    return lowering.binary("Mul", p, lowering.binary("Sub", dp, delta));
  });
}

/** dq = scale dS k. */
export function queryGradient(
  node: Node<"attention_dq">,
  lowering: Lowering,
): OnnxValue {
  const k = lowering.value(node.inputs[1]!);
  const { scale: alpha } = node.attributes;
  const operands = [scoreGradient(node, lowering), k] as const;
  return batchedProduct(lowering, operands, { alpha, shape: node.shape });
}

/** dk = scale dS^T q. */
export function keyGradient(
  node: Node<"attention_dk">,
  lowering: Lowering,
): OnnxValue {
  const q = lowering.value(node.inputs[0]!);
  const { scale: alpha } = node.attributes;
  const operands = [scoreGradient(node, lowering), q] as const;
  const options = { alpha, transposeA: true, shape: node.shape };
  return batchedProduct(lowering, operands, options);
}

/** dv = P^T dO. */
export function valueGradient(
  node: Node<"attention_dv">,
  lowering: Lowering,
): OnnxValue {
  const dy = lowering.value(node.inputs[3]!);
  const operands = [weights(node, lowering), dy] as const;
  const options = { transposeA: true, shape: node.shape };
  return batchedProduct(lowering, operands, options);
}

/**
 * Attention of new rows over the rows of a cache and over themselves, without
 * writing the cache: the scores of both stand side by side in one softmax.
 */
export function cachedAttention(
  node: Node<"cached_attention">,
  lowering: Lowering,
): OnnxValue {
  const { builder } = lowering;
  const [q, k, v, keys, values, position] = node.inputs.map((input) =>
    lowering.value(input)
  );
  const [count, all] = [q!.shape[2]!, keys!.shape[2]!];
  const batch = q!.shape.slice(0, 3);
  const score = (against: OnnxValue) =>
    batchedProduct(lowering, [q!, against], {
      alpha: node.attributes.scale,
      transposeB: true,
      shape: [...batch, against.shape[2]!],
    });
  const old = lowering.binary(
    "Add",
    score(keys!),
    cacheMask(position!, { all, count, lowering }),
  );
  const fresh = count === 1
    ? score(k!)
    : lowering.binary("Add", score(k!), freshMask(count, lowering));
  const joined = builder.emit("Concat", [old, fresh], {
    type: "f32",
    shape: [...batch, all + count],
    attributes: { axis: { int: -1 } },
  });
  const p = softmax(joined, lowering);
  const part = (from: number, to: number) =>
    builder.emit(
      "Slice",
      [p, builder.ints([from]), builder.ints([to]), builder.ints([3])],
      { type: "f32", shape: [...batch, to - from] },
    );
  const { shape } = node;
  const seen = batchedProduct(lowering, [part(0, all), values!], { shape });
  const own = batchedProduct(lowering, [part(all, all + count), v!], { shape });
  return lowering.binary("Add", seen, own);
}

/** HIDDEN for the rows of a cache that are not filled yet: [T]. */
function cacheMask(
  position: OnnxValue,
  { all, count, lowering }: { all: number; count: number; lowering: Lowering },
): OnnxValue {
  return lowering.once(`cache mask ${position.name} ${all} ${count}`, () => {
    const { builder } = lowering;
    const filled = clampedStart(position, { size: count, all, lowering });
    const known = builder.emit("Less", [counting(all, lowering), filled], {
      type: "bool",
      shape: [all],
    });
    return builder.emit(
      "Where",
      [known, builder.scalar(0), builder.scalar(HIDDEN)],
      { type: "f32", shape: [all] },
    );
  });
}

/** Causal mask among the new rows. */
function freshMask(count: number, lowering: Lowering): OnnxValue {
  const { value } = (causalMask(count, count) as Node<"constant">).attributes;
  return lowering.builder.constant(
    { type: "f32", shape: value.shape },
    Float32Array.from(value.data),
  );
}
