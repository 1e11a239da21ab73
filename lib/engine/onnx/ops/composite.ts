import type { FAMILIES, Node } from "../../../tensor/mod.ts";
import {
  attention,
  cachedAttention,
  keyGradient,
  queryGradient,
  valueGradient,
} from "../attention.ts";
import { groupNorm, groupNormGradient } from "../group_norm.ts";
import type { Lowering, LoweringTable } from "../lowering.ts";
import type { OnnxValue } from "../model.ts";
import { pool } from "../pool.ts";
import { layerNorm, normGradient, rmsNorm } from "../norms.ts";

/** onnxruntime's name for x sigmoid(alpha x). */
function silu(node: Node<"silu">, lowering: Lowering): OnnxValue {
  const x = lowering.value(node.inputs[0]!);
  lowering.once(`silu ${x.name}`, () => true);
  return lowering.builder.emit("QuickGelu", [x], {
    type: node.dtype,
    shape: node.shape,
    domain: "com.microsoft",
    attributes: { alpha: { float: 1 } },
  });
}

/** x sigmoid(x) in standard operators. */
function standardSilu(node: Node<"silu">, lowering: Lowering): OnnxValue {
  const x = lowering.value(node.inputs[0]!);
  const { dtype: type, shape } = node;
  const share = lowering.builder.emit("Sigmoid", [x], { type, shape });
  return lowering.binary("Mul", x, share);
}

function leakyRelu(
  { inputs: [x], dtype: type, shape, attributes: { slope } }: Node<
    "leaky_relu"
  >,
  lowering: Lowering,
): OnnxValue {
  const { builder } = lowering;
  const value = lowering.value(x!);
  if (slope === 0) return builder.emit("Relu", [value], { type, shape });
  return builder.emit("LeakyRelu", [value], {
    type,
    shape,
    attributes: { alpha: { float: slope } },
  });
}

/** Times this the smallest normal number is above 1, and the largest still finite or clipped. */
const STEEP = 3e38;

/** dy times 1 where y is above 0, else `slope`: a Where takes three times as long. */
function leakyReluGradient(
  { inputs: [y, dy], attributes: { slope } }: Node<"leaky_relu_dx">,
  lowering: Lowering,
): OnnxValue {
  const { builder } = lowering;
  const value = lowering.value(y!);
  const factor = lowering.once(`step ${value.name} ${slope}`, () => {
    const { type, shape } = value;
    // max(0, min(1, STEEP y)): a step in one operator.
    const step = builder.emit("HardSigmoid", [value], {
      type,
      shape,
      attributes: { alpha: { float: STEEP }, beta: { float: 0 } },
    });
    return slope === 0
      ? step
      : lowering.binary("Max", step, builder.scalar(slope));
  });
  return lowering.binary("Mul", factor, lowering.value(dy!));
}

function softmax(node: Node<"softmax">, lowering: Lowering): OnnxValue {
  const x = lowering.value(node.inputs[0]!);
  return lowering.builder.emit("Softmax", [x], {
    type: node.dtype,
    shape: node.shape,
    attributes: { axis: { int: -1 } },
  });
}

/** Heads share their angles: one row of the caches a position. */
function rotary(node: Node<"rotary">, lowering: Lowering): OnnxValue {
  const { builder } = lowering;
  const [x, cosine, sine] = node.inputs.map((input) => lowering.value(input));
  const [batch, length, heads, width] = node.shape as [
    number,
    number,
    number,
    number,
  ];
  const rows = lowering.reshape(x!, [batch, length, heads * width]);
  const start = builder.constant(
    { type: "i64", shape: [1] },
    BigInt64Array.of(0n),
  );
  const turned = builder.emit("RotaryEmbedding", [
    rows,
    start,
    cosine!,
    sine!,
  ], {
    type: node.dtype,
    shape: rows.shape,
    domain: "com.microsoft",
    attributes: { interleaved: { int: 1 } },
  });
  return lowering.reshape(turned, node.shape);
}

/** Lowerings of the composites: whole, where onnxruntime gains by it. */
export const composite: Pick<LoweringTable, keyof typeof FAMILIES.composite> = {
  silu,
  leaky_relu: leakyRelu,
  leaky_relu_dx: leakyReluGradient,
  // onnxruntime's Softplus loses what lies below 1e-7.
  softplus: "expand",
  softmax,
  rms_norm: rmsNorm,
  rms_norm_dx: (node, lowering) => normGradient("rms", node, lowering),
  layer_norm: layerNorm,
  layer_norm_dx: (node, lowering) => normGradient("layer", node, lowering),
  group_norm: groupNorm,
  group_norm_dx: groupNormGradient,
  max_pool: (node, lowering) => pool("MaxPool", node, lowering),
  average_pool: (node, lowering) => pool("AveragePool", node, lowering),
  rotary,
  attention,
  attention_dq: queryGradient,
  attention_dk: keyGradient,
  attention_dv: valueGradient,
  cached_attention: cachedAttention,
};

/** What stands in their places where operators must be standard ones. */
export const standardComposite = {
  silu: standardSilu,
  leaky_relu: leakyRelu,
  leaky_relu_dx: leakyReluGradient,
  rms_norm: "expand",
  rms_norm_dx: "expand",
  rotary: "expand",
} as const satisfies Partial<LoweringTable>;
