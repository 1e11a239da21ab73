import type { ArtifactKind, JsonRecord } from "../../artifact/mod.ts";
import type { WeightFile, WeightSet } from "../../interop/mod.ts";
import { VAE_PREFIX } from "../models/mod.ts";
import type { Contents } from "./contents.ts";
import { type ImportTools, writeWeights } from "./write_weights.ts";

/** What to write. */
interface Imported extends ImportTools {
  readonly file: WeightFile;
  /** Tensors to take, by the release's names. */
  readonly set: WeightSet;
  readonly contents: Contents;
  /** Names of the AR model's classes. */
  readonly classes: readonly string[];
  /** What was asked for, for the recipe. */
  readonly options: JsonRecord;
}

/**
 * Writes the models of a file to an artifact.
 *
 * @returns its kind
 * @throws {UserError} where it cannot be written, or tensors not read
 */
export async function writeImported(
  path: string,
  { file, set, contents, classes, options, ...tools }: Imported,
): Promise<ArtifactKind> {
  const kind = kindOf(contents);
  await writeWeights(path, {
    kind,
    config: configOf(contents, classes),
    options,
    inputs: { weights: await file.digest() },
    tensors: [...set.tensors.keys()].map((name) => ({
      file: file.name,
      set,
      name,
      stored: storedName(name, kind),
    })),
  }, tools);
  return kind;
}

function kindOf({ ar, vae }: Contents): ArtifactKind {
  if (ar === undefined) return "svae";
  return vae === undefined ? "ar" : "model";
}

/** An S-VAE alone has its own names, without the release's prefix. */
function storedName(name: string, kind: ArtifactKind): string {
  return kind === "svae" ? name.slice(VAE_PREFIX.length) : name;
}

/** Sizes and names of classes as artifacts hold them. */
function configOf(
  { ar, vae }: Contents,
  classes: readonly string[],
): JsonRecord {
  if (ar === undefined) return { ...vae };
  return { ...ar, ...vae && { vae }, classes };
}
