import { apply } from "../apply.ts";
import {
  add,
  broadcastTo,
  groupNorm,
  layerNorm,
  mul,
  neg,
  rmsNorm,
  rotary,
  scalar,
  sigmoid,
  sub,
  sum,
  sumTo,
} from "../functions/mod.ts";
import type { Tensor } from "../node.ts";
import type { composite } from "../ops/composite.ts";
import type { GradientTable } from "./rule.ts";

function filled(value: number, like: Tensor): Tensor {
  return broadcastTo(scalar(value), like.shape);
}

/** Gradients of the composites, in composites where an engine gains by it. */
export const compositeGradients: Pick<GradientTable, keyof typeof composite> = {
  silu: (y, dy) => {
    const s = sigmoid(y.inputs[0]!);
    return [mul(dy, add(s, mul(y, sub(1, s))))];
  },
  softplus: ({ inputs: [x] }, dy) => [mul(dy, sigmoid(x!))],
  // y serves as well as x, and is kept for what reads it.
  leaky_relu: (y, dy) => [apply("leaky_relu_dx", [y, dy], y.attributes)],
  leaky_relu_dx: ({ inputs: [y], attributes }, d) => [
    null,
    apply("leaky_relu_dx", [y!, d], attributes),
  ],
  softmax: (y, dy) => {
    const along = sum(mul(dy, y), { axes: [-1], keepDims: true });
    return [mul(y, sub(dy, along))];
  },
  rms_norm: ({ inputs: [x, w], attributes }, dy) => {
    const normalized = rmsNorm(x!, filled(1, w!), attributes.epsilon);
    return [
      apply("rms_norm_dx", [x!, w!, dy], attributes),
      sumTo(mul(dy, normalized), w!.shape),
    ];
  },
  rms_norm_dx: "expansion",
  layer_norm: ({ inputs: [x, w, b], attributes }, dy) => {
    const normalized = layerNorm(x!, {
      weight: filled(1, w!),
      bias: filled(0, b!),
      ...attributes,
    });
    return [
      apply("layer_norm_dx", [x!, w!, dy], attributes),
      sumTo(mul(dy, normalized), w!.shape),
      sumTo(dy, b!.shape),
    ];
  },
  layer_norm_dx: "expansion",
  group_norm: ({ inputs: [x, w, b], attributes }, dy) => {
    const normalized = groupNorm(x!, {
      weight: filled(1, w!),
      bias: filled(0, b!),
      ...attributes,
    });
    const pixels = { axes: [0, 2, 3] };
    return [
      apply("group_norm_dx", [x!, w!, dy], attributes),
      sum(mul(dy, normalized), pixels),
      sum(dy, pixels),
    ];
  },
  group_norm_dx: "expansion",
  max_pool: "expansion",
  average_pool: "expansion",
  // The angles are constants of the model: no gradient flows to them.
  rotary: ({ inputs: [, cosine, sine] }, dy) => [
    rotary(dy, cosine!, neg(sine!)),
    null,
    null,
  ],
  attention: ({ inputs: [q, k, v], attributes }, dy) => {
    const all = [q!, k!, v!, dy];
    return [
      apply("attention_dq", all, attributes),
      apply("attention_dk", all, attributes),
      apply("attention_dv", all, attributes),
    ];
  },
  attention_dq: "expansion",
  attention_dk: "expansion",
  attention_dv: "expansion",
  cached_attention: "expansion",
};
