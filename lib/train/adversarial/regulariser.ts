import type { Tensor } from "../../tensor/mod.ts";
import type { Parameters, ParameterSpecs } from "../../nn/mod.ts";
import type { RealAndFake } from "./losses.ts";

/** What a discriminator's losses are made from. */
export interface Judgement extends RealAndFake {
  /** [B, 3, H, W]. */
  readonly images: Tensor;
  /** Buffers of regularisers before the step, under the regularisers' names. */
  readonly kept: Parameters;
}

/** What a discriminator lowers beside its loss, one of the table {@linkcode REGULARISERS}. */
export interface Regulariser {
  /** What its number in a preset is; of 0 it is left out. */
  readonly help: string;
  /** What the number is multiplied by to be the weight of the term. */
  readonly scale: number;
  /** What it keeps from step to step. */
  readonly buffers: ParameterSpecs;
  /** The term, a mean over the batch. */
  of(judgement: Judgement): Tensor;
  /** Next values of {@linkcode Regulariser.buffers}. */
  next(judgement: Judgement): Readonly<Record<string, Tensor>>;
}
