import { z } from "zod";
import {
  type ArtifactFacts,
  type ArtifactReader,
  UserError,
} from "../../artifact/mod.ts";
import type { FeatureModel } from "../../metric/mod.ts";
import {
  type FeatureNetworkConfig,
  type FeatureNetworkName,
  featureNetworkOf,
} from "../../model/mod.ts";
import { CLASSIFIER_CONFIG } from "./classifier.ts";
import { readConfig } from "./models.ts";
import { storedWeights } from "./stored_weights.ts";

const WIDTH = z.int().min(1).max(65_536);

/** Sizes of every network of features, as artifacts hold them. */
export const NETWORK_CONFIGS = {
  "inception-2015-12-05": z.object({
    name: z.literal("inception-2015-12-05"),
  }),
  "dinov2-vitl14": z.object({
    name: z.literal("dinov2-vitl14"),
    dim: WIDTH,
    layers: z.int().min(1).max(1_000),
    hidden: WIDTH,
    patch_size: z.int().min(1).max(1_024),
    grid: z.int().min(1).max(1_024),
  }),
  classifier: CLASSIFIER_CONFIG
    .transform((config) => ({ name: "classifier" as const, ...config })),
} satisfies Record<FeatureNetworkName, z.ZodType<FeatureNetworkConfig>>;

/**
 * Opens a network of features; engines read its weights while the file is open.
 *
 * @throws {UserError} naming the file, the key, what was found and what was expected
 */
export async function readNetwork(
  reader: ArtifactReader,
): Promise<FeatureModel> {
  const config = readNetworkConfig(reader);
  const shapes = featureNetworkOf(config).shapes(config);
  const options = { dtype: "f32", of: "network" } as const;
  return { config, weights: await storedWeights(reader, { shapes }, options) };
}

/**
 * Which network a file holds, and its sizes.
 *
 * @throws {UserError} naming the file, the key, what was found and what was expected
 */
export function readNetworkConfig(file: ArtifactFacts): FeatureNetworkConfig {
  const schema: z.ZodType<FeatureNetworkConfig> = NETWORK_CONFIGS[nameIn(file)];
  const check = (config: FeatureNetworkConfig) =>
    featureNetworkOf(config).check(config);
  return readConfig(file, schema, check);
}

/** The network of a file; a classifier does not say its name. */
function nameIn({ name, kind, config }: ArtifactFacts): FeatureNetworkName {
  if (kind === "classifier") return "classifier";
  const found = config["name"];
  if (isName(found)) return found;
  throw new UserError(
    `Cannot use "${name}": config.name: expected one of ` +
      `${Object.keys(NETWORK_CONFIGS).join(", ")}, found ${
        JSON.stringify(found)
      }`,
  );
}

function isName(value: unknown): value is FeatureNetworkName {
  return typeof value === "string" && Object.hasOwn(NETWORK_CONFIGS, value);
}
