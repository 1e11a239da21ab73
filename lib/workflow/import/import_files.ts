import { type ArtifactKind, UserError } from "../../artifact/mod.ts";
import { openWeights, type WeightFile } from "../../interop/mod.ts";
import { refuseReplacing, refuseSameFile } from "../../pipeline/mod.ts";
import { importNetwork, networkIn } from "./import_network.ts";
import { importPerceptual, isPerceptual } from "./import_perceptual.ts";
import {
  type ImportOptions,
  type ImportSummary,
  importWeights,
} from "./import_weights.ts";

/** Kinds of the artifacts that imports make. */
export const IMPORTED_KINDS: readonly ArtifactKind[] = [
  "model",
  "ar",
  "svae",
  "perceptual",
  "network",
];

/**
 * Imports a file of weights: of models of this project, of a network of features,
 * or the two files of a perceptual network.
 *
 * @throws {UserError} where they cannot be read, or are nothing that this
 *   project takes
 */
export async function importFiles(
  paths: readonly string[],
  options: ImportOptions,
): Promise<ImportSummary> {
  const files = await openAll(paths);
  try {
    const isNetwork = files.some(isPerceptual) ||
      (files.length === 1 && networkIn(files[0]!) !== undefined);
    if (isNetwork) return await network(files, options);
  } finally {
    for (const file of files) file.close();
  }
  if (paths.length === 1) return await importWeights(paths[0]!, options);
  throw new UserError(
    `Cannot import ${paths.length} files at once: expected one, or VGG16 and ` +
      "the linear layers of LPIPS",
  );
}

async function openAll(paths: readonly string[]): Promise<WeightFile[]> {
  const files: WeightFile[] = [];
  try {
    for (const path of paths) files.push(await openWeights(path));
  } catch (error) {
    for (const file of files) file.close();
    throw error;
  }
  return files;
}

/** Imports networks, of which nothing may be asked. */
async function network(
  files: readonly WeightFile[],
  { output, force, ...tools }: ImportOptions,
): Promise<ImportSummary> {
  for (const { name } of files) await refuseSameFile(name, output);
  await refuseReplacing(output, { by: "import", force });
  const [file] = files;
  return files.some(isPerceptual)
    ? await importPerceptual(files, output, tools)
    : await importNetwork(file!, output, tools);
}
