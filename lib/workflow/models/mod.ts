/**
 * Models from artifacts: sizes checked, weights read when an engine asks.
 *
 * @module
 */
export { readClassifier } from "./classifier.ts";
export { AR_CONFIG, KL_CONFIG, VAE_CONFIG } from "./model_sizes.ts";
export {
  generatorOf,
  readAr,
  readConfig,
  readVae,
  readVaeConfig,
  VAE_PREFIX,
  vaeFile,
} from "./models.ts";
export {
  heldIn,
  loadModel,
  type ModelFile,
  packWeights,
  readWeights,
} from "./stored_weights.ts";
