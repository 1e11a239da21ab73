import { z } from "zod";
import {
  type ArtifactFacts,
  type ArtifactReader,
  type JsonRecord,
  UserError,
} from "../../artifact/mod.ts";
import {
  type ArConfig,
  arShapes,
  checkArConfig,
  checkLaw,
  checkVaeConfig,
  type LatentLaw,
  type VaeConfig,
  vaeShapes,
  vaeTables,
} from "../../model/mod.ts";
import { issueLine } from "../../pipeline/mod.ts";
import type { ArModel, VaeModel } from "../../sample/mod.ts";
import { BACKBONE, lawSchema, vaeSchema } from "../../preset/checked.ts";
import { AR_CONFIG } from "./model_sizes.ts";
import type { ModelFile } from "./model_file.ts";
import { storedWeights } from "./stored_weights.ts";
import type { WeightsDType } from "../options/mod.ts";

/** What stands before the names of the S-VAE in a whole model, as in the release. */
export const VAE_PREFIX = "vae.";

/** Files that a generator may come from. */
export interface GeneratorFiles<F> {
  readonly model: F | undefined;
  readonly ar: F | undefined;
  readonly svae: F | undefined;
}

/**
 * The files of both halves of a generator: one for both, or one for each.
 *
 * @throws {UserError} where there are both
 */
export function generatorOf<F extends ArtifactFacts>(
  { model, ar = model, svae = model }: GeneratorFiles<F>,
): { readonly ar: F; readonly svae: F } {
  const mixed = model !== undefined && (ar !== model || svae !== model);
  if (ar !== undefined && svae !== undefined && !mixed) return { ar, svae };
  throw new UserError(
    "Cannot take a generator from these files: expected either --model, or " +
      "--ar and --svae",
  );
}

/**
 * Configuration of the VAE in a file.
 *
 * @throws {UserError} naming the file, the key, what was found and what was expected
 */
export function readVaeConfig(
  file: Pick<ModelFile, "name" | "config">,
): VaeConfig {
  const { backbone } = readConfig(file, z.object({ backbone: BACKBONE }));
  return readConfig(file, vaeSchema(backbone), checkVaeConfig);
}

/**
 * Configuration of the AR model in a file.
 *
 * @throws {UserError} naming the file, the key, what was found and what was expected
 */
export function readArConfig(
  file: Pick<ModelFile, "name" | "config">,
): ArConfig {
  return readConfig(file, AR_CONFIG, checkArConfig);
}

/**
 * The law of latents in a file, or of a model.
 *
 * @param unsaid what files mean that do not say it
 * @throws {UserError} naming the file, the key, what was found and what was expected
 */
export function readLaw(
  file: Pick<ModelFile, "name" | "config">,
  unsaid: Partial<LatentLaw>,
): LatentLaw {
  return readConfig<LatentLaw>(file, lawSchema(unsaid), checkLaw);
}

/**
 * Opens a VAE, also the one inside a whole model; engines read its weights while
 * the file is open.
 *
 * @throws {UserError} naming the file, the key, what was found and what was expected
 */
export async function readVae(reader: ArtifactReader): Promise<VaeModel> {
  const file = vaeFile(reader);
  const config = readVaeConfig(file);
  const rules = { shapes: vaeShapes(config), tables: vaeTables(config) };
  const options = { dtype: "f32", of: "svae" } as const;
  const weights = await storedWeights(file, rules, options);
  return { config, weights };
}

/** A VAE; that of a whole model looks as if it had a file of its own. */
export function vaeFile(reader: ArtifactReader): ModelFile {
  if (reader.kind !== "model") return reader;
  const tensors = [...reader.tensors]
    .filter(([name]) => name.startsWith(VAE_PREFIX))
    .map(([name, info]) => [name.slice(VAE_PREFIX.length), info] as const);
  return {
    name: reader.name,
    kind: reader.kind,
    config: vaeConfigIn(reader),
    tensors: new Map(tensors),
    read: (name) => reader.read(VAE_PREFIX + name),
    readBytes: (name, rows) => reader.readBytes(VAE_PREFIX + name, rows),
    digest: () => reader.digest(),
  };
}

/** What a file says of its VAE, also of the one inside a whole model. */
export function vaeConfigIn({ kind, config }: ArtifactFacts): JsonRecord {
  return kind === "model" ? (config["vae"] ?? {}) as JsonRecord : config;
}

/** An AR model; of a whole model what is not the S-VAE's. */
export function arFile(reader: ArtifactReader): ModelFile {
  if (reader.kind !== "model") return reader;
  const tensors = [...reader.tensors]
    .filter(([name]) => !name.startsWith(VAE_PREFIX));
  return {
    name: reader.name,
    kind: reader.kind,
    config: reader.config,
    tensors: new Map(tensors),
    read: (name) => reader.read(name),
    readBytes: (name, rows) => reader.readBytes(name, rows),
    digest: () => reader.digest(),
  };
}

/**
 * Opens an AR model, also the one inside a whole model; engines read its weights
 * while the file is open.
 *
 * @param dtype what its large matrices are held in
 * @throws {UserError} naming the file, the key, what was found and what was expected
 */
export async function readAr(
  reader: ArtifactReader,
  dtype: WeightsDType = "f32",
): Promise<ArModel> {
  const config = readArConfig(reader);
  const rules = { shapes: arShapes(config) };
  const options = { dtype, of: "ar" };
  const weights = await storedWeights(arFile(reader), rules, options);
  return { config, weights };
}

/**
 * Sizes of a model from its configuration.
 *
 * @throws {UserError} naming the file, the key, what was found and what was expected
 */
export function readConfig<C>(
  reader: Pick<ArtifactReader, "name" | "config">,
  schema: z.ZodType<C>,
  check: (config: C) => void = () => {},
): C {
  const parsed = schema.safeParse(reader.config);
  if (!parsed.success) {
    const under = ["config"];
    const line = issueLine(parsed.error, reader.config, { under });
    throw new UserError(`Cannot use "${reader.name}": ${line}`);
  }
  try {
    check(parsed.data);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UserError(`Cannot use "${reader.name}": ${error.message}`);
  }
  return parsed.data;
}
