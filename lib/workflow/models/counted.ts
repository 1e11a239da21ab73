import type { ArtifactFacts } from "../../artifact/mod.ts";
import type { FeatureModel } from "../../metric/mod.ts";
import { arShapes, featureNetworkOf, vaeShapes } from "../../model/mod.ts";
import type { ArModel, VaeModel } from "../../sample/mod.ts";
import { countedWeights } from "../../tensor/mod.ts";
import type { WeightsDType } from "../options/mod.ts";
import { readArConfig, readVaeConfig, vaeConfigIn } from "./models.ts";
import { readNetworkConfig } from "./network.ts";
import { heldIn } from "./stored_weights.ts";

/**
 * A VAE whose work is counted, by what its file says or will say.
 *
 * @throws {UserError} naming the file, the key, what was found and what was expected
 */
export function countedVae(file: ArtifactFacts): VaeModel {
  const config = readVaeConfig({ name: file.name, config: vaeConfigIn(file) });
  return { config, weights: countedWeights(vaeShapes(config)) };
}

/**
 * The same of an AR model.
 *
 * @param dtype what its large matrices are held in
 * @throws {UserError} naming the file, the key, what was found and what was expected
 */
export function countedAr(file: ArtifactFacts, dtype: WeightsDType): ArModel {
  const config = readArConfig(file);
  const held = (name: string) => heldIn(name, dtype);
  return { config, weights: countedWeights(arShapes(config), held) };
}

/**
 * The same of a network of features.
 *
 * @throws {UserError} naming the file, the key, what was found and what was expected
 */
export function countedNetwork(file: ArtifactFacts): FeatureModel {
  const config = readNetworkConfig(file);
  const shapes = featureNetworkOf(config).shapes(config);
  return { config, weights: countedWeights(shapes) };
}
