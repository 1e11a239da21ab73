import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeModel, type OnnxModel, type OnnxTensor } from "./model.ts";
import type { SessionEnds } from "./runtime/backend.ts";

/** Models with more constants than this go through files: protobuf ends at 2 GiB. */
const INLINE_BYTES = 256 * 2 ** 20;

/** Constants up to this size stay in the model's own file. */
const EXTERNAL_BYTES = 1024;

/** Alignment of external data, for mapping it into memory. */
const PAGE_BYTES = 4096;

const DATA_FILE = "constants.bin";

/** A model where a session can load it. */
export interface StoredModel {
  readonly source: Uint8Array<ArrayBuffer> | { readonly path: string };
  readonly ends: SessionEnds;
  /** Deletes its files, if it has any, once it is loaded. */
  remove(): Promise<void>;
}

/** Encodes a model; large constants go to a file beside it. */
export async function storeModel(model: OnnxModel): Promise<StoredModel> {
  const ends = {
    inputs: model.inputs.map(({ name }) => name),
    outputs: model.outputs.map(({ name }) => name),
  };
  const bytes = model.initializers
    .reduce((sum, { data }) => sum + data.length, 0);
  if (bytes <= INLINE_BYTES) {
    const remove = () => Promise.resolve();
    return { source: encodeModel(model), ends, remove };
  }
  const folder = await mkdtemp(join(tmpdir(), "spherear-"));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const initializers = await writeConstants(
      join(folder, DATA_FILE),
      model.initializers,
    );
    const path = join(folder, "model.onnx");
    await writeFile(path, encodeModel({ ...model, initializers }));
    return { source: { path }, ends, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function writeConstants(
  path: string,
  tensors: readonly OnnxTensor[],
): Promise<OnnxTensor[]> {
  const file = await open(path, "w");
  try {
    const stored: OnnxTensor[] = [];
    let offset = 0;
    for (const tensor of tensors) {
      const { data } = tensor;
      if (!(data instanceof Uint8Array) || data.length <= EXTERNAL_BYTES) {
        stored.push(tensor);
        continue;
      }
      offset = Math.ceil(offset / PAGE_BYTES) * PAGE_BYTES;
      await file.write(data, 0, data.length, offset);
      const { length } = data;
      const place = { location: DATA_FILE, offset, length };
      stored.push({ ...tensor, data: place });
      offset += length;
    }
    return stored;
  } finally {
    await file.close();
  }
}
