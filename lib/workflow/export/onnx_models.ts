import { createAtomicFolder } from "../../artifact/mod.ts";
import { portableModel } from "../../engine/onnx/mod.ts";
import type { CommandContext } from "../../pipeline/mod.ts";
import { type FrozenModelParts, frozenProgram } from "../../nn/mod.ts";
import {
  decoderParts,
  headParts,
  scaledBy,
  startParts,
  tokenParts,
} from "../../sample/mod.ts";
import type { LatentLaw } from "../../model/mod.ts";
import { sizeOf } from "../../tensor/mod.ts";
import { loadModel, readAr, readVae } from "../models/mod.ts";
import type { Halves } from "./released_set.ts";
import { OnnxFolder } from "./write_onnx.ts";

/** Files of a folder of models; one that holds nothing else is replaced. */
const MODEL_FILES = /\.onnx(\.data)?$/;

/** One model to write: a part of a generator, for any number of rows. */
interface Portable {
  readonly file: string;
  readonly config: object;
  readonly parts: (rows: number) => FrozenModelParts;
}

/** What was written. */
export interface WrittenModels {
  readonly files: readonly string[];
  readonly tensors: number;
  readonly parameters: number;
}

/**
 * Writes the parts of a generator as ONNX models that need nothing of this
 * project: `start`, `token` and `head` of an AR model, `decoder` of an S-VAE.
 *
 * @throws {UserError} where a model cannot be read or a file not written
 */
export async function writeOnnxModels(
  folder: string,
  halves: Halves,
  { progress, signal }: Pick<CommandContext, "progress" | "signal">,
): Promise<WrittenModels> {
  const models = await portablesOf(halves);
  const total = models.length;
  const task = progress.start({ total, unit: "model" });
  const parameters = new Map<string, number>();
  const place = await createAtomicFolder(folder, MODEL_FILES);
  const written = new OnnxFolder(place.path);
  try {
    for (const { file, config, parts } of models) {
      signal.throwIfAborted();
      const model = portableModel((rows) => frozenProgram(parts(rows)));
      const metadata = { config: JSON.stringify(config) };
      await written.add(file, { ...model, metadata });
      const half = file === "decoder.onnx" ? "svae" : "ar";
      for (const [name, shape] of Object.entries(parts(1).shapes)) {
        parameters.set(`${half} ${name}`, sizeOf(shape));
      }
      task.advance();
    }
    await written.commit();
    await place.commit();
  } catch (error) {
    await written.abort();
    await place.abort();
    throw error;
  } finally {
    task.finish();
  }
  return {
    files: models.map(({ file }) => file),
    tensors: parameters.size,
    parameters: [...parameters.values()].reduce((sum, n) => sum + n, 0),
  };
}

async function portablesOf({ ar, svae }: Halves): Promise<Portable[]> {
  const models: Portable[] = [];
  // Latents have the scale that the AR model was trained with.
  let scale: Pick<LatentLaw, "latent_scale"> = {};
  if (ar !== undefined) {
    const model = await loadModel(await readAr(ar));
    const { config } = model;
    scale = config;
    models.push(
      {
        file: "start.onnx",
        config,
        parts: (rows) => startParts(model, rows),
      },
      {
        file: "token.onnx",
        config,
        parts: (rows) => tokenParts(model, rows),
      },
      { file: "head.onnx", config, parts: (rows) => headParts(model, rows) },
    );
  }
  if (svae !== undefined) {
    const model = scaledBy(await loadModel(await readVae(svae)), scale);
    const { config } = model;
    models.push({
      file: "decoder.onnx",
      config,
      parts: (rows) => decoderParts(model, rows),
    });
  }
  return models;
}
