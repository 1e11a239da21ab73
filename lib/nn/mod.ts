/**
 * Layers: functions from named parameters and tensors to tensors, and the
 * shapes and starting values of their parameters.
 *
 * @module
 */
export {
  batchNormBuffers,
  type BatchNormed,
  batchNormRows,
  foldBatchNorm,
  type NormedFilters,
} from "./batch_norm.ts";
export {
  affineConvolution,
  convolution,
  downBlock,
  downBlockSpecs,
  filtersSpec,
  groupsOf,
  normSilu,
  normSpecs,
  upBlock,
  upBlockSpecs,
} from "./convolution.ts";
export {
  FrozenModel,
  type FrozenModelParts,
  type FrozenProgram,
  frozenProgram,
  selectShapes,
} from "./frozen_model.ts";
export {
  biasInit,
  constantInit,
  fanInInit,
  type InitialDraws,
  initialize,
  type Initializer,
  normalInit,
  type ParameterSpec,
  type ParameterSpecs,
  shapesOf,
  xavierInit,
} from "./initialize.ts";
export { gelu } from "./gelu.ts";
export { affine, linear, linearParts, linearSpecs } from "./linear.ts";
export { Parameters, type ParameterShapes, prefixed } from "./parameters.ts";
export { bicubicWeights, resizeBilinear } from "./resize.ts";
export { type RotaryAngles, rotaryAngles } from "./rotary.ts";
export {
  type BlockOptions,
  blockSpecs,
  DRAWN_DEVIATION,
  feedForwardWidth,
  fullAttention,
  gainSpec,
  type Heads,
  type Mix,
  NORM_EPSILON,
  swiGlu,
  transformerBlock,
} from "./transformer.ts";
