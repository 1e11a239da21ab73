/**
 * Models from artifacts: sizes checked, weights read when an engine asks.
 *
 * @module
 */
export { readClassifier } from "./classifier.ts";
export { countedAr, countedNetwork, countedVae } from "./counted.ts";
export { AR_CONFIG, IMAGE_SIZES, openAr } from "./model_sizes.ts";
export {
  type ModelFile,
  requireWeights,
  type WeightRules,
} from "./model_file.ts";
export {
  arFile,
  generatorOf,
  readAr,
  readArConfig,
  readConfig,
  readLaw,
  readVae,
  readVaeConfig,
  VAE_PREFIX,
  vaeFile,
} from "./models.ts";
export { NETWORK_CONFIGS, readNetwork } from "./network.ts";
export {
  type PerceptualModel,
  perceptualShapes,
  readPerceptual,
  readPerceptualConfig,
} from "./perceptual.ts";
export {
  heldIn,
  loadModel,
  packWeights,
  readWeights,
} from "./stored_weights.ts";
