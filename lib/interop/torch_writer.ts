import { parse } from "node:path";
import { createAtomic, FILE_DTYPES } from "../artifact/mod.ts";
import {
  PickleDict,
  StorageReference,
  TensorReference,
} from "./pickle/values.ts";
import { pickledPlain, type PlainValue } from "./pickle/plain.ts";
import { pickle } from "./pickle/writer.ts";
import { elementsOf, gatherElements, rowMajorStrides } from "./strided.ts";
import { ARGS } from "./torch_weights.ts";
import { rowPieces, type StoredTensor, type WeightSet } from "./weight_file.ts";
import { ZipWriter } from "./zip/writer.ts";

/** One tensor on its way into an entry of the archive. */
interface Storage {
  readonly set: WeightSet;
  readonly name: string;
  readonly tensor: StoredTensor;
}

/**
 * Writes a checkpoint that `torch.load` reads, also with `weights_only=True`.
 *
 * It has the release's layout: a dictionary of sets such as `model`, each a
 * dictionary of tensors; tensors of four axes are stored channels-last. The
 * file appears whole or not at all; about 8 MiB of a tensor are in memory at a
 * time.
 *
 * @param sets sets of tensors by name
 * @param args plain data that stands beside them
 * @throws {UserError} where the file cannot be written, or a set not read
 * @throws {TypeError} where PyTorch has no such element type
 */
export async function writeTorch(
  path: string,
  sets: Readonly<Record<string, WeightSet>>,
  { args }: { readonly args?: PlainValue } = {},
): Promise<void> {
  const root = new PickleDict();
  const storages: Storage[] = [];
  for (const [setName, set] of Object.entries(sets)) {
    const dict = new PickleDict();
    root.entries.set(setName, dict);
    for (const [name, tensor] of set.tensors) {
      dict.entries.set(name, referenceTo(tensor, String(storages.length)));
      storages.push({ set, name, tensor });
    }
  }
  if (args !== undefined) root.entries.set(ARGS, pickledPlain(args));
  const head = pickle(root);
  const folder = parse(path).name;
  const writer = new ZipWriter(await createAtomic(path));
  try {
    await writer.add(`${folder}/data.pkl`, [head]);
    await writer.add(`${folder}/byteorder`, [ascii("little")]);
    for (const [key, storage] of storages.entries()) {
      await writer.add(`${folder}/data/${key}`, storedBytes(storage));
    }
    await writer.add(`${folder}/version`, [ascii("3\n")]);
    await writer.commit();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function referenceTo(
  { dtype, shape }: StoredTensor,
  key: string,
): TensorReference {
  const elements = elementsOf(shape);
  return new TensorReference({
    storage: new StorageReference({ dtype, key, elements }),
    shape,
    strides: storedStrides(shape),
    offset: 0,
  });
}

/** Channels-last for four axes, else row-major. */
function storedStrides(shape: readonly number[]): readonly number[] {
  if (shape.length !== 4) return rowMajorStrides(shape);
  const [, channels, height, width] = shape as FourSizes;
  return [channels * height * width, 1, width * channels, channels];
}

type FourSizes = readonly [number, number, number, number];

/** The bytes of a tensor in the order of {@linkcode storedStrides}. */
async function* storedBytes(
  { set, name, tensor }: Storage,
): AsyncGenerator<Uint8Array> {
  const { dtype, shape } = tensor;
  for (const rows of rowPieces(tensor)) {
    const bytes = await set.readRows(name, rows);
    if (shape.length !== 4) {
      yield bytes;
      continue;
    }
    const [, channels, height, width] = shape as FourSizes;
    const area = height * width;
    const element = FILE_DTYPES[dtype];
    yield await gatherElements({
      shape: [rows.count, height, width, channels],
      strides: [channels * area, width, 1, area],
      offset: 0,
    }, {
      dtype,
      read: ({ start, count }) =>
        Promise.resolve(
          bytes.subarray(start * element, (start + count) * element),
        ),
    });
  }
}
