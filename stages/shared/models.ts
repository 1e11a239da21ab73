import type { z } from "zod";
import {
  type ArtifactReader,
  assertFinite,
  UserError,
} from "../../lib/artifact/mod.ts";
import {
  type ArConfig,
  arShapes,
  checkArConfig,
  checkVaeConfig,
  type VaeConfig,
  vaeShapes,
} from "../../lib/model/mod.ts";
import type { ParameterShapes } from "../../lib/nn/mod.ts";
import type { ArModel, VaeModel } from "../../lib/sample/mod.ts";
import type { HostTensor } from "../../lib/tensor/mod.ts";
import { AR_CONFIG, VAE_CONFIG } from "./model_sizes.ts";

/**
 * Reads an S-VAE.
 *
 * @throws {UserError} naming the file, the key, what was found and what was expected
 */
export async function readVae(reader: ArtifactReader): Promise<VaeModel> {
  const config = readConfig<VaeConfig>(reader, VAE_CONFIG, checkVaeConfig);
  return { config, weights: await readWeights(reader, vaeShapes(config)) };
}

/**
 * Reads an AR model.
 *
 * @throws {UserError} naming the file, the key, what was found and what was expected
 */
export async function readAr(reader: ArtifactReader): Promise<ArModel> {
  const config = readConfig<ArConfig>(reader, AR_CONFIG, checkArConfig);
  return { config, weights: await readWeights(reader, arShapes(config)) };
}

/**
 * Sizes of a model from its configuration.
 *
 * @throws {UserError} naming the file, the key, what was found and what was expected
 */
export function readConfig<C>(
  reader: ArtifactReader,
  schema: z.ZodType<C>,
  check: (config: C) => void,
): C {
  const parsed = schema.safeParse(reader.config);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    throw new UserError(
      `Cannot use "${reader.name}": config.${path.join(".")}: ${message}`,
    );
  }
  try {
    check(parsed.data);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UserError(`Cannot use "${reader.name}": ${error.message}`);
  }
  return parsed.data;
}

/**
 * Weights of the given names and shapes, all finite.
 *
 * @throws {UserError} naming the file, the tensor, what was found and what was expected
 */
export async function readWeights(
  reader: ArtifactReader,
  shapes: ParameterShapes,
): Promise<Record<string, HostTensor>> {
  const weights: Record<string, HostTensor> = {};
  for (const [name, shape] of Object.entries(shapes)) {
    const info = reader.tensors.get(name);
    if (info === undefined || info.shape.join() !== shape.join()) {
      const found = info === undefined ? "nothing" : `[${info.shape}]`;
      throw new UserError(
        `Cannot use "${reader.name}": tensor "${name}" must be [${shape}], ` +
          `found ${found}`,
      );
    }
    const weight = await reader.read(name);
    if (weight.dtype !== "f32") {
      throw new UserError(
        `Cannot use "${reader.name}": tensor "${name}" must be f32, ` +
          `found ${weight.dtype}`,
      );
    }
    assertFinite(weight, { file: reader.name, name });
    weights[name] = weight;
  }
  return weights;
}
