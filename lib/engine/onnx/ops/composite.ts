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
  // onnxruntime's Softplus loses what lies below 1e-7.
  softplus: "expand",
  softmax,
  rms_norm: rmsNorm,
  rms_norm_dx: (node, lowering) => normGradient("rms", node, lowering),
  layer_norm: layerNorm,
  layer_norm_dx: (node, lowering) => normGradient("layer", node, lowering),
  group_norm: groupNorm,
  group_norm_dx: groupNormGradient,
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
  rms_norm: "expand",
  rms_norm_dx: "expand",
  rotary: "expand",
} as const satisfies Partial<LoweringTable>;
