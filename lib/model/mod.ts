/**
 * The models of the paper as pure functions: the hybrid S-VAE, the AR
 * transformer and its diffusion head, and MAR's VAE that the paper compares.
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
  autoencoderShapes,
  autoencoderTables,
  autoencoderTableShapes,
  decodeLatents,
  encodeImages,
  posteriorOf,
} from "./autoencoder.ts";
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
  type AutoencoderConfig,
  checkArConfig,
  checkAutoencoderConfig,
  checkVaeConfig,
  headGroupSize,
  type KlConfig,
  type VaeConfig,
  vaeGrid,
} from "./config.ts";
export {
  type Discriminator,
  type DiscriminatorConfig,
  type DiscriminatorName,
  discriminatorOf,
  DISCRIMINATORS,
  type Judged,
  type JudgeOptions,
  type PatchGanConfig,
  styleGanChannels,
  type StyleGanConfig,
} from "./discriminators/mod.ts";
export {
  embedCondition,
  embedTime,
  headVelocity,
  modulate,
  modulatedVelocity,
  type Modulation,
} from "./head.ts";
export { AR_INITIALIZERS, vaeInitializers } from "./initial.ts";
export {
  type DistanceOptions,
  gainPath,
  type ImagePair,
  PERCEPTUAL_NETWORKS,
  type PerceptualClassifierConfig,
  type PerceptualConfig,
  perceptualDistance,
  type PerceptualName,
  type PerceptualNetwork,
  perceptualNetworkOf,
  VGG16,
  type Vgg16Config,
} from "./perceptual/mod.ts";
export {
  type AnyPosterior,
  drawLatents,
  type GaussianPosterior,
  type Posterior,
  type PosteriorInputs,
  posteriorInputs,
  type PosteriorName,
} from "./posterior.ts";
export { vaeTables, vaeTableShapes } from "./tables.ts";
export { decode, encode, REGISTERS, vaeShapes } from "./vae.ts";
