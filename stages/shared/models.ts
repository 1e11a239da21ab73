import type { z } from "zod";
import {
  type ArtifactReader,
  assertFinite,
  type JsonRecord,
  UserError,
} from "../../lib/artifact/mod.ts";
import {
  type ArConfig,
  arShapes,
  type AutoencoderConfig,
  autoencoderShapes,
  checkArConfig,
  checkAutoencoderConfig,
} from "../../lib/model/mod.ts";
import type { ParameterShapes } from "../../lib/nn/mod.ts";
import type { ArModel, VaeModel } from "../../lib/sample/mod.ts";
import type { HostTensor } from "../../lib/tensor/mod.ts";
import { AR_CONFIG, KL_CONFIG, VAE_CONFIG } from "./model_sizes.ts";

/** What reading a model needs of an artifact. */
export type ModelFile = Pick<
  ArtifactReader,
  "name" | "config" | "tensors" | "read" | "readBytes"
>;

/** What stands before the names of the S-VAE in a whole model, as in the release. */
export const VAE_PREFIX = "vae.";

/** Files that a generator may come from. */
export interface GeneratorFiles {
  readonly model: ArtifactReader | undefined;
  readonly ar: ArtifactReader | undefined;
  readonly svae: ArtifactReader | undefined;
}

/**
 * The files of both halves of a generator: one for both, or one for each.
 *
 * @throws {UserError} where there are both
 */
export function generatorOf(
  { model, ar = model, svae = model }: GeneratorFiles,
): { readonly ar: ArtifactReader; readonly svae: ArtifactReader } {
  const mixed = model !== undefined && (ar !== model || svae !== model);
  if (ar !== undefined && svae !== undefined && !mixed) return { ar, svae };
  throw new UserError(
    "Cannot take a generator from these files: expected either --model, or " +
      "--ar and --svae",
  );
}

/** Sizes of the autoencoder in a file: a `backbone` says that it is no S-VAE. */
export function readVaeConfig(
  file: Pick<ModelFile, "name" | "config">,
): AutoencoderConfig {
  const schema = file.config["backbone"] === undefined ? VAE_CONFIG : KL_CONFIG;
  return readConfig<AutoencoderConfig>(file, schema, checkAutoencoderConfig);
}

/**
 * Reads an S-VAE or what stands in its place, also the one inside a whole model.
 *
 * @throws {UserError} naming the file, the key, what was found and what was expected
 */
export async function readVae(reader: ArtifactReader): Promise<VaeModel> {
  const file = vaeFile(reader);
  const config = readVaeConfig(file);
  const weights = await readWeights(file, autoencoderShapes(config));
  return { config, weights };
}

/** An S-VAE; that of a whole model looks as if it had a file of its own. */
export function vaeFile(reader: ArtifactReader): ModelFile {
  if (reader.kind !== "model") return reader;
  const tensors = [...reader.tensors]
    .filter(([name]) => name.startsWith(VAE_PREFIX))
    .map(([name, info]) => [name.slice(VAE_PREFIX.length), info] as const);
  return {
    name: reader.name,
    config: (reader.config["vae"] ?? {}) as JsonRecord,
    tensors: new Map(tensors),
    read: (name) => reader.read(VAE_PREFIX + name),
    readBytes: (name, rows) => reader.readBytes(VAE_PREFIX + name, rows),
  };
}

/**
 * Reads an AR model, also the one inside a whole model.
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
  reader: Pick<ArtifactReader, "name" | "config">,
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
  reader: Pick<ModelFile, "name" | "tensors" | "read">,
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
