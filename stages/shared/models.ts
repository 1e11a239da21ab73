import { z } from "zod";
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

/** Sizes come from a file: bounded, so that a hostile one cannot ask for much. */
const size = z.int().min(1).max(65_536);
const depth = z.int().min(0).max(1_000);

const VAE_CONFIG = z.object({
  image_size: size,
  patch_size: size,
  latent_dim: size,
  z_channels: size,
  cnn_chs: z.array(size).min(2).max(16),
  encoder_vit_layers: depth,
  decoder_vit_layers: depth,
});

const AR_CONFIG = z.object({
  dim: size,
  n_layer: depth,
  n_head: size,
  diff_layers: depth,
  diff_dim: size,
  diff_adanln_layers: size,
  cls_token_num: size,
  num_classes: z.int().min(1).max(1_000_000),
  latent_dim: size,
  grid: size,
});

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
