import type { CompositeName, OpName } from "../node.ts";
import {
  operands,
  type OpRule,
  type OpTable,
  requireRank,
  requireShapes,
} from "./rule.ts";

function sameAsFirst<K extends OpName>(
  equation: string,
  count: 1 | 2 | 3 | 4 | 5 | 6,
): OpRule<K> {
  return {
    equation,
    traits: ["composite"],
    type: (inputs) => {
      operands(inputs, count);
      const { shape, dtype } = inputs[0]!;
      return { shape, dtype };
    },
  };
}

function attentionType<K extends OpName>(
  equation: string,
  { count, like }: { count: 3 | 4; like: 0 | 1 | 2 },
): OpRule<K> {
  return {
    equation,
    traits: ["composite"],
    type: (inputs) => {
      operands(inputs, count);
      const [q, k] = [inputs[0]!, inputs[1]!];
      requireRank(q.shape, 4, "queries [B, H, L, D]");
      requireRank(k.shape, 4, "keys [B, H, L, D]");
      requireShapes(q.shape[3] === k.shape[3], q.shape, {
        b: k.shape,
        rule: "queries and keys of one head width",
      });
      const { shape, dtype } = inputs[like]!;
      return { shape, dtype };
    },
  };
}

/** Ops with an expansion (expand.ts); an engine may lower them whole. */
export const composite: Pick<OpTable, CompositeName> = {
  silu: sameAsFirst("y = x sigmoid(x)", 1),
  softplus: sameAsFirst("y = ln(1 + e^x)", 1),
  softmax: sameAsFirst("y = e^x / sum of e^x over the last axis", 1),
  rms_norm: sameAsFirst(
    "y = w x / sqrt(mean of x^2 over the last axis + epsilon)",
    2,
  ),
  rms_norm_dx: sameAsFirst("dx of rms_norm from x, w and dy", 3),
  layer_norm: sameAsFirst(
    "y = w (x - mean) / sqrt(variance + epsilon) + b over the last axis",
    3,
  ),
  layer_norm_dx: sameAsFirst("dx of layer_norm from x, w and dy", 3),
  group_norm: sameAsFirst(
    "layer_norm over groups of channels and all pixels; w, b by channel",
    3,
  ),
  group_norm_dx: sameAsFirst("dx of group_norm from x, w and dy", 3),
  rotary: sameAsFirst(
    "pairs (2i, 2i + 1) of x [B, L, H, D] turned by the angle of [L, i]",
    3,
  ),
  attention: attentionType("y = softmax(scale q k^T) v, heads in axis 1", {
    count: 3,
    like: 0,
  }),
  attention_dq: attentionType("dq of attention from q, k, v and dy", {
    count: 4,
    like: 0,
  }),
  attention_dk: attentionType("dk of attention from q, k, v and dy", {
    count: 4,
    like: 1,
  }),
  attention_dv: attentionType("dv of attention from q, k, v and dy", {
    count: 4,
    like: 2,
  }),
  cached_attention: sameAsFirst(
    "causal attention of new rows q over a cache that holds `position` rows and the new k, v",
    6,
  ),
};
