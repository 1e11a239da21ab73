import type { Tensor } from "../../../tensor/mod.ts";
import type { Lowering } from "../lowering.ts";
import type { OnnxValue } from "../model.ts";
import { fillsBlocks, isChannelsFirst, type Layout } from "./layout.ts";
import { channelsLastToBlocks, fromBlocks, toBlocks } from "./operators.ts";

/**
 * Values in onnxruntime's blocked layout, [B, C / block, H, W, block] under the
 * shape [B, C, H, W], and the copies at its borders, each made once.
 */
export class BlockedTensors {
  readonly lowering: Lowering;
  /** Channels in a block. */
  readonly block: number;
  readonly layouts: ReadonlyMap<Tensor, Layout>;
  readonly #values = new Map<Tensor, OnnxValue>();

  constructor(
    lowering: Lowering,
    { block, layouts }: {
      block: number;
      layouts: ReadonlyMap<Tensor, Layout>;
    },
  ) {
    this.lowering = lowering;
    this.block = block;
    this.layouts = layouts;
  }

  set(tensor: Tensor, value: OnnxValue): void {
    this.#values.set(tensor, value);
  }

  /** The blocked value of images; the plain one of what has no full blocks. */
  value(tensor: Tensor): OnnxValue {
    const known = this.#values.get(tensor);
    if (known !== undefined) return known;
    const { lowering, block } = this;
    if (!fillsBlocks(tensor, block)) return lowering.value(tensor);
    const value = isChannelsFirst(tensor)
      ? channelsLastToBlocks(lowering.value(tensor.inputs[0]!), lowering)
      : toBlocks(lowering.value(tensor), lowering);
    this.#values.set(tensor, value);
    return value;
  }

  /** The plain value of a tensor that was made blocked. */
  plain(tensor: Tensor): OnnxValue | undefined {
    const known = this.#values.get(tensor);
    if (known === undefined) return undefined;
    return fromBlocks(known, known.shape[1]!, this.lowering);
  }
}
