import { z } from "zod";
import { type ArtifactReader, UserError } from "../../artifact/mod.ts";
import {
  type PerceptualConfig,
  type PerceptualName,
  perceptualNetworkOf,
} from "../../model/mod.ts";
import type { ParameterShapes } from "../../nn/mod.ts";
import type { FrozenStates } from "../../tensor/mod.ts";
import { CLASSIFIER_CONFIG } from "./classifier.ts";
import { readConfig } from "./models.ts";
import { storedWeights } from "./stored_weights.ts";

const WIDTHS = z.array(z.int().min(1).max(65_536)).min(1).max(16);

/** Sizes of every perceptual network, as artifacts hold them. */
const CONFIGS = {
  "vgg16-lpips": z.object({
    name: z.literal("vgg16-lpips"),
    widths: WIDTHS,
    repeats: z.array(z.int().min(1).max(64)).min(1).max(16),
  }),
  classifier: CLASSIFIER_CONFIG
    .transform((config) => ({ name: "classifier" as const, ...config })),
} satisfies Record<PerceptualName, z.ZodType<PerceptualConfig>>;

/** The network in a file of each kind. */
const NETWORKS: Readonly<Record<string, PerceptualName>> = {
  perceptual: "vgg16-lpips",
  classifier: "classifier",
};

/** A perceptual network and its weights. */
export interface PerceptualModel {
  readonly network: PerceptualConfig;
  readonly weights: FrozenStates;
}

/** The network that a file is to hold, and height and width of the images. */
interface Wanted {
  readonly network: PerceptualName;
  readonly imageSize: number;
}

/**
 * Sizes of the perceptual network in a file, for images of some size.
 *
 * @throws {UserError} naming the file, the key, what was found and what was expected
 */
export function readPerceptualConfig(
  file: Pick<ArtifactReader, "name" | "kind" | "config">,
  wanted: Wanted,
): PerceptualConfig {
  const found = NETWORKS[file.kind];
  if (found !== wanted.network) {
    throw new UserError(
      `Cannot use "${file.name}": it holds the network ${found}, expected ` +
        wanted.network,
    );
  }
  const schema: z.ZodType<PerceptualConfig> = CONFIGS[wanted.network];
  return readConfig(
    file,
    schema,
    (config) => perceptualNetworkOf(config).check(config, wanted.imageSize),
  );
}

/** Shapes of the weights of a perceptual network. */
export function perceptualShapes(network: PerceptualConfig): ParameterShapes {
  return perceptualNetworkOf(network).shapes(network);
}

/**
 * Opens a perceptual network for images of some size; engines read its weights
 * while the file is open.
 *
 * @throws {UserError} naming the file, the key, what was found and what was expected
 */
export async function readPerceptual(
  reader: ArtifactReader,
  wanted: Wanted,
): Promise<PerceptualModel> {
  const network = readPerceptualConfig(reader, wanted);
  const shapes = perceptualShapes(network);
  const options = { dtype: "f32", of: "perceptual" } as const;
  return { network, weights: await storedWeights(reader, { shapes }, options) };
}
