/**
 * The models of the paper as pure functions: VAEs of every backbone and
 * posterior that it compares, the AR transformer and its diffusion head.
 *
 * @module
 */
export {
  arAngles,
  arShapes,
  arSpecs,
  embedClasses,
  embedLatents,
  runBlocks,
  teacherForcedStates,
} from "./ar.ts";
export {
  type Backbone,
  COMMON_SIZES,
  type ComputedTable,
  LATENT_SCALE,
} from "./backbones/backbone.ts";
export { REGISTERS } from "./backbones/registers.ts";
export { type BackboneName, backboneOf, BACKBONES } from "./backbones/table.ts";
export {
  type Classified,
  type ClassifierConfig,
  classifierShapes,
  classifierSpecs,
  classify,
  crossEntropy,
} from "./classifier.ts";
export {
  AR_DATA_SIZES,
  AR_SIZES,
  type ArConfig,
  checkArConfig,
  checkVaeConfig,
  headGroupSize,
  type VaeConfig,
  vaeGrid,
  vaeSizes,
} from "./config.ts";
export {
  type Discriminator,
  type DiscriminatorConfig,
  type DiscriminatorName,
  discriminatorOf,
  DISCRIMINATORS,
  type DiscriminatorSizes,
  type Judged,
  type JudgeOptions,
} from "./discriminators/mod.ts";
export {
  type ClassifierFeaturesConfig,
  type Dinov2Config,
  FEATURE_NETWORKS,
  type FeatureNetwork,
  type FeatureNetworkConfig,
  type FeatureNetworkName,
  featureNetworkOf,
  type InceptionConfig,
  type ParameterSource,
  type PublishedForm,
  type Resize,
} from "./features/mod.ts";
export {
  embedCondition,
  embedTime,
  headVelocity,
  modulate,
  modulatedVelocity,
  type Modulation,
} from "./head.ts";
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
  checkLaw,
  differingLaw,
  drawLatents,
  isOnSphere,
  type LatentLaw,
  lawOf,
  type Normalization,
  NORMALIZATIONS,
  PAPER_LAW,
  posteriorInputs,
  toSphere,
} from "./law.ts";
export type {
  Part,
  Posterior,
  PosteriorDraws,
  PosteriorParts,
} from "./posteriors/posterior.ts";
export {
  type PosteriorName,
  posteriorOf,
  POSTERIORS,
  spreadsOf,
} from "./posteriors/table.ts";
export type { SizeKind, SizesOf, SizeTable } from "./sizes.ts";
export {
  decode,
  decodeScaled,
  encode,
  encodeScaled,
  halfShapes,
  vaeShapes,
  vaeSpecs,
  vaeTables,
} from "./vae.ts";
