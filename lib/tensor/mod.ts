/**
 * The tensor core: graphs of few ops, their shapes and gradients, programs and
 * the interface of the engines that run them.
 *
 * Nodes are immutable and interned; functions such as {@linkcode add} build them.
 *
 * @module
 */
export { grad, vjp } from "./autodiff.ts";
export { apply } from "./apply.ts";
export * from "./compact.ts";
export { type Cost, programCost } from "./cost.ts";
export {
  CountedEngine,
  type LeastSeconds,
  leastSecondsOf,
} from "./counted_engine.ts";
export { countedWeights, countRuns, timesRuns } from "./idle_engine.ts";
export { compileAll, type ToCompile } from "./compile_all.ts";
export { inLane } from "./lane_engine.ts";
export * from "./engine.ts";
export { causalMask, expandNode, EXPANSIONS } from "./expand.ts";
export * from "./functions/mod.ts";
export { GRADIENTS } from "./gradients/mod.ts";
export {
  expandComposites,
  isComposite,
  topologicalOrder,
  verifyGraph,
} from "./graph.ts";
export * from "./host_tensor.ts";
export {
  isOp,
  type Node,
  scoped,
  type Tensor,
  type TensorType,
} from "./node.ts";
export type {
  CompositeName,
  ContractionOps,
  ConvolutionAttributes,
  OpAttributes,
  OpName,
  PoolAttributes,
  PrimitiveName,
  ReduceAttributes,
} from "./op_attributes.ts";
export { recomputable, recomputing } from "./recompute.ts";
export {
  FAMILIES,
  hasTrait,
  OP_NAMES,
  OPS,
  ruleOf,
  type Trait,
} from "./ops/mod.ts";
export { isFloat } from "./ops/rule.ts";
export { type Program, program, roots, type StateSlot } from "./program.ts";
export {
  broadcastShapes,
  broadcastStrides,
  normalizeAxes,
  normalizeAxis,
  sameShape,
  stridesOf,
} from "./shape.ts";
