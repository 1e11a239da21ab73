import { basename } from "node:path";
import { createAtomic } from "../../lib/artifact/mod.ts";
import {
  encodePieces,
  type OnnxModel,
  type OnnxTensor,
} from "../../lib/engine/onnx/mod.ts";

/** Weights up to this size lie in the model's file: protobuf ends at 2 GiB. */
const INLINE_BYTES = 2 ** 31 - 2 ** 24;

/** Constants up to this size always stay in the model's file. */
const SMALL_BYTES = 1024;

/** Alignment of weights in a file of their own, for mapping it into memory. */
const PAGE_BYTES = 4096;

/**
 * Writes a model; where its weights are too large for one file, they go to
 * `PATH.data` beside it.
 *
 * @throws {UserError} where a file cannot be written
 */
export async function writeOnnx(
  path: string,
  model: OnnxModel,
  { inlineBytes = INLINE_BYTES }: { readonly inlineBytes?: number } = {},
): Promise<void> {
  const bytes = model.initializers
    .reduce((sum, { data }) => sum + data.length, 0);
  const stored = bytes <= inlineBytes
    ? model
    : { ...model, initializers: await writeData(`${path}.data`, model) };
  await writePieces(path, encodePieces(stored));
}

async function writeData(
  path: string,
  { initializers }: OnnxModel,
): Promise<OnnxTensor[]> {
  const location = basename(path);
  const pieces: Uint8Array[] = [];
  let end = 0;
  const stored = initializers.map((tensor) => {
    const { data } = tensor;
    if (!(data instanceof Uint8Array) || data.length <= SMALL_BYTES) {
      return tensor;
    }
    const offset = Math.ceil(end / PAGE_BYTES) * PAGE_BYTES;
    pieces.push(new Uint8Array(offset - end), data);
    end = offset + data.length;
    return { ...tensor, data: { location, offset, length: data.length } };
  });
  await writePieces(path, pieces);
  return stored;
}

async function writePieces(
  path: string,
  pieces: readonly Uint8Array[],
): Promise<void> {
  const file = await createAtomic(path);
  try {
    for (const piece of pieces) await file.write(piece);
    await file.commit();
  } catch (error) {
    await file.abort();
    throw error;
  }
}
