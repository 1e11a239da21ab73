/**
 * The models of the paper as pure functions: the hybrid S-VAE, the AR
 * transformer and its diffusion head.
 *
 * @module
 */
export {
  arAngles,
  arShapes,
  embedClasses,
  embedLatents,
  runBlocks,
  teacherForcedStates,
} from "./ar.ts";
export {
  type Classified,
  type ClassifierConfig,
  classifierInitializers,
  classifierShapes,
  classify,
  crossEntropy,
} from "./classifier.ts";
export {
  type ArConfig,
  checkArConfig,
  checkVaeConfig,
  headGroupSize,
  type VaeConfig,
  vaeGrid,
} from "./config.ts";
export {
  embedCondition,
  embedTime,
  headVelocity,
  modulate,
  modulatedVelocity,
  type Modulation,
} from "./head.ts";
export { AR_INITIALIZERS, vaeInitializers } from "./initial.ts";
export { vaeTables, vaeTableShapes } from "./tables.ts";
export { decode, encode, type Posterior, REGISTERS, vaeShapes } from "./vae.ts";
