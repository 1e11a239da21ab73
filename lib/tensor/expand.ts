import { hostTensor, sizeOf } from "./host_tensor.ts";
import {
  add,
  broadcastTo,
  concat,
  constant,
  constantArray,
  div,
  exp,
  less,
  log1p,
  matmul,
  max,
  maximum,
  mean,
  mul,
  neg,
  reshape,
  select,
  sigmoid,
  slice,
  sqrt,
  square,
  sub,
  sum,
  updateSlice,
} from "./functions/mod.ts";
import { abs } from "./functions/elementwise.ts";
import { average, largest } from "./expand_pools.ts";
import type { Node, Tensor } from "./node.ts";
import type { CompositeName } from "./op_attributes.ts";

/** The meaning of every composite, in other ops. */
export type ExpansionTable = {
  readonly [K in CompositeName]: (node: Node<K>) => Tensor;
};

/** Added to the scores of hidden keys: e^-1e9 is 0 in every precision. */
const HIDDEN = -1e9;

const LAST = { axes: [-1], keepDims: true };

interface Normalized {
  /** The centred and scaled input. */
  readonly normalized: Tensor;
  /** 1 / standard deviation, last axis of size 1. */
  readonly inverse: Tensor;
}

function normalizeRms(x: Tensor, epsilon: number): Normalized {
  const inverse = div(1, sqrt(add(mean(square(x), LAST), epsilon)));
  return { normalized: mul(x, inverse), inverse };
}

function normalizeLayer(x: Tensor, epsilon: number): Normalized {
  return normalizeRms(sub(x, mean(x, LAST)), epsilon);
}

/** dx of y = normalized(x) for root-mean-square norms. */
function rmsCotangent(dy: Tensor, { normalized, inverse }: Normalized): Tensor {
  const along = mean(mul(dy, normalized), LAST);
  return mul(inverse, sub(dy, mul(normalized, along)));
}

/** dx of y = normalized(x) for layer norms: the mean does not move either. */
function layerCotangent(dy: Tensor, parts: Normalized): Tensor {
  return rmsCotangent(sub(dy, mean(dy, LAST)), parts);
}

/** Images [B, C, H, W] as rows of one group each: [B, G, C / G * H * W]. */
function byGroup(x: Tensor, groups: number): Tensor {
  const size = sizeOf(x.shape.slice(1)) / groups;
  return reshape(x, [x.shape[0]!, groups, size]);
}

function byChannel(w: Tensor): Tensor {
  return reshape(w, [w.shape[0]!, 1, 1]);
}

/** Scores of attention with hidden keys at HIDDEN, through the softmax. */
function attentionWeights(
  q: Tensor,
  k: Tensor,
  { causal, scale }: { causal: boolean; scale: number },
): Tensor {
  const scores = mul(matmul(q, k, { transposeB: true }), scale);
  if (!causal) return expandSoftmax(scores);
  return expandSoftmax(add(scores, causalMask(q.shape[2]!, k.shape[2]!)));
}

function expandSoftmax(x: Tensor): Tensor {
  const e = exp(sub(x, max(x, LAST)));
  return div(e, sum(e, LAST));
}

const masks = new Map<string, Tensor>();

/** HIDDEN where a query must not see a key, else 0: [queries, keys], interned. */
export function causalMask(queries: number, keys: number): Tensor {
  const key = `${queries} ${keys}`;
  let mask = masks.get(key);
  if (mask === undefined) {
    const values = Float64Array.from(
      { length: queries * keys },
      (_, i) => i % keys > Math.floor(i / keys) + keys - queries ? HIDDEN : 0,
    );
    masks.set(key, mask = constantArray([queries, keys], values));
  }
  return mask;
}

/** dS of the scores before scaling: P (dP - sum of O dO) scale. */
function scoreCotangent(
  inputs: readonly Tensor[],
  attributes: { causal: boolean; scale: number },
): { weights: Tensor; scores: Tensor } {
  const [q, k, v, dy] = inputs as readonly [Tensor, Tensor, Tensor, Tensor];
  const weights = attentionWeights(q, k, attributes);
  const delta = sum(mul(matmul(weights, v), dy), LAST);
  const dWeights = matmul(dy, v, { transposeB: true });
  const scores = mul(mul(weights, sub(dWeights, delta)), attributes.scale);
  return { weights, scores };
}

/** Interned 0, 1, .. as i32 [count, 1] or [count]. */
const counts = new Map<string, Tensor>();

function counting(count: number, shape: readonly number[]): Tensor {
  const key = shape.join(",");
  let node = counts.get(key);
  if (node === undefined) {
    const values = Int32Array.from({ length: count }, (_, i) => i);
    counts.set(key, node = constant(hostTensor("i32", shape, values)));
  }
  return node;
}

/** One expansion a composite. */
export const EXPANSIONS: ExpansionTable = {
  silu: ({ inputs: [x] }) => mul(x!, sigmoid(x!)),
  softplus: ({ inputs: [x] }) => add(maximum(x!, 0), log1p(exp(neg(abs(x!))))),
  leaky_relu: ({ inputs: [x], attributes: { slope } }) =>
    select(less(0, x!), x!, mul(x!, slope)),
  leaky_relu_dx: ({ inputs: [y, dy], attributes: { slope } }) =>
    select(less(0, y!), dy!, mul(dy!, slope)),
  softmax: ({ inputs: [x] }) => expandSoftmax(x!),
  rms_norm: ({ inputs: [x, w], attributes: { epsilon } }) =>
    mul(normalizeRms(x!, epsilon).normalized, w!),
  rms_norm_dx: ({ inputs: [x, w, dy], attributes: { epsilon } }) =>
    rmsCotangent(mul(dy!, w!), normalizeRms(x!, epsilon)),
  layer_norm: ({ inputs: [x, w, b], attributes: { epsilon } }) =>
    add(mul(normalizeLayer(x!, epsilon).normalized, w!), b!),
  layer_norm_dx: ({ inputs: [x, w, dy], attributes: { epsilon } }) =>
    layerCotangent(mul(dy!, w!), normalizeLayer(x!, epsilon)),
  group_norm: ({ inputs: [x, w, b], attributes: { groups, epsilon } }) => {
    const { normalized } = normalizeLayer(byGroup(x!, groups), epsilon);
    const images = reshape(normalized, x!.shape);
    return add(mul(images, byChannel(w!)), byChannel(b!));
  },
  group_norm_dx: ({ inputs: [x, w, dy], attributes: { groups, epsilon } }) => {
    const parts = normalizeLayer(byGroup(x!, groups), epsilon);
    const scaled = byGroup(mul(dy!, byChannel(w!)), groups);
    return reshape(layerCotangent(scaled, parts), x!.shape);
  },
  max_pool: ({ inputs: [x], attributes }) => largest(x!, attributes),
  average_pool: ({ inputs: [x], attributes }) => average(x!, attributes),
  rotary: ({ inputs: [x, cosine, sine] }) => {
    const [batch, length, heads, width] = x!.shape as [
      number,
      number,
      number,
      number,
    ];
    const pairs = reshape(x!, [batch, length, heads, width / 2, 2]);
    const even = slice(pairs, 4, { stop: 1 });
    const odd = slice(pairs, 4, { start: 1 });
    const c = reshape(cosine!, [length, 1, width / 2, 1]);
    const s = reshape(sine!, [length, 1, width / 2, 1]);
    const turned = concat([
      sub(mul(even, c), mul(odd, s)),
      add(mul(odd, c), mul(even, s)),
    ], 4);
    return reshape(turned, x!.shape);
  },
  attention: ({ inputs: [q, k, v], attributes }) =>
    matmul(attentionWeights(q!, k!, attributes), v!),
  attention_dq: ({ inputs, attributes }) =>
    matmul(scoreCotangent(inputs, attributes).scores, inputs[1]!),
  attention_dk: ({ inputs, attributes }) =>
    matmul(scoreCotangent(inputs, attributes).scores, inputs[0]!, {
      transposeA: true,
    }),
  attention_dv: ({ inputs, attributes }) =>
    matmul(scoreCotangent(inputs, attributes).weights, inputs[3]!, {
      transposeA: true,
    }),
  cached_attention: ({ inputs, attributes: { scale } }) => {
    const [q, k, v, keys, values, position] = inputs as [
      Tensor,
      Tensor,
      Tensor,
      Tensor,
      Tensor,
      Tensor,
    ];
    const at = { start: position, axis: 2 };
    const rows = counting(q.shape[2]!, [q.shape[2]!, 1]);
    const columns = counting(keys.shape[2]!, [keys.shape[2]!]);
    const hidden = select(less(add(rows, position), columns), HIDDEN, 0);
    const products = matmul(q, updateSlice(keys, k, at), { transposeB: true });
    const weights = expandSoftmax(add(mul(products, scale), hidden));
    return matmul(weights, updateSlice(values, v, at));
  },
};

/** The expansion of one composite node. */
export function expandNode<K extends CompositeName>(node: Node<K>): Tensor {
  return broadcastTo(EXPANSIONS[node.op](node), node.shape);
}
