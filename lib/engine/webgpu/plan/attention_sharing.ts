import type { Tensor } from "../../../tensor/mod.ts";
import { isAttentionGradient } from "./operands.ts";

/** Whether both are gradients of the keys and values of one attention. */
export function sharesAttention(a: Tensor, b: Tensor): boolean {
  if (!isAttentionGradient(a) || !isAttentionGradient(b)) return false;
  if (a.op === "attention_dq" || b.op === "attention_dq") return false;
  return a.op !== b.op &&
    a.inputs.every((input, i) => input === b.inputs[i]) &&
    a.attributes.causal === b.attributes.causal &&
    a.attributes.scale === b.attributes.scale;
}
