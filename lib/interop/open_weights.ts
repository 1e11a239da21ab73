import { basename, dirname } from "node:path";
import {
  type ByteSource,
  INDEX_NAME,
  ioError,
  openFile,
  openSafetensors,
} from "../artifact/mod.ts";
import { CheckpointError } from "./checkpoint_error.ts";
import { openLegacyTorch } from "./legacy_reader.ts";
import { safetensorsWeights } from "./safetensors_weights.ts";
import { openTorch } from "./torch_reader.ts";
import type { WeightFile } from "./weight_file.ts";

/** First bytes that tell formats apart. */
const HEAD_BYTES = 16;

const ZIP = [0x50, 0x4b, 0x03, 0x04];
/** "version https:", as files begin that Git LFS keeps elsewhere. */
const POINTER = [...new TextEncoder().encode("version https:")];
/** The pickled magic number of PyTorch before 1.6, in protocol 2. */
const LEGACY = [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20];

/**
 * Opens a file of weights: a PyTorch checkpoint, a safetensors file, or a
 * folder of safetensors shards with its index (or that index).
 *
 * The format is told by the content, not by the name.
 *
 * @throws {UserError} where it cannot be read
 * @throws {CheckpointError} where a checkpoint is malformed or hostile
 * @throws {FormatError} where a safetensors file is malformed
 */
export async function openWeights(path: string): Promise<WeightFile> {
  if (basename(path) === INDEX_NAME) return await shards(dirname(path));
  try {
    if ((await Deno.stat(path)).isDirectory) return await shards(path);
  } catch (error) {
    throw ioError(error, `Cannot read "${path}"`);
  }
  const source = await openFile(path);
  try {
    const open = await torchReader(source);
    if (open !== undefined) return await open(source);
  } catch (error) {
    source.close();
    throw error;
  }
  source.close();
  return safetensorsWeights(await openSafetensors(path));
}

async function shards(folder: string): Promise<WeightFile> {
  return safetensorsWeights(await openSafetensors(folder));
}

/**
 * What reads a source as a PyTorch checkpoint; safetensors is the alternative.
 *
 * @throws {CheckpointError} where it is neither
 */
async function torchReader(
  source: ByteSource,
): Promise<typeof openTorch | undefined> {
  const head = new Uint8Array(Math.min(HEAD_BYTES, source.size));
  await source.readInto(head, 0);
  const begins = (magic: readonly number[]) =>
    magic.every((byte, index) => head[index] === byte);
  if (begins(ZIP)) return openTorch;
  if (begins(LEGACY)) return openLegacyTorch;
  if (begins(POINTER)) {
    throw new CheckpointError(
      source.name,
      "it is a pointer of Git LFS; fetch the file that it stands for",
    );
  }
  // A safetensors header: its length in 8 bytes, then JSON.
  if (head[8] === 0x7b) return undefined;
  throw new CheckpointError(
    source.name,
    "it is neither a PyTorch checkpoint nor a safetensors file",
  );
}
