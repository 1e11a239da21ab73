import {
  type ByteSource,
  digestOf,
  FILE_DTYPES,
  type RowRange,
} from "../artifact/mod.ts";
import { type Fail, quoted } from "./checkpoint_error.ts";
import {
  kindOf,
  PickleDict,
  type PickleValue,
  TensorReference,
} from "./pickle/values.ts";
import { plainOf, type PlainValue } from "./pickle/plain.ts";
import { checkStrided, gatherElements } from "./strided.ts";
import type { StoredTensor, WeightFile, WeightSet } from "./weight_file.ts";

/** Sets that a training checkpoint may hold, as the release names them. */
const SETS = ["model", "ema"];

/** What stands beside them: options, as plain data where `export` wrote them. */
export const ARGS = "args";

/** The bytes of a storage, wherever its file has them. */
export interface StorageBytes {
  readonly size: number;
  /** @throws {CheckpointError} where they are damaged */
  read(
    range: { readonly at: number; readonly length: number },
  ): Promise<Uint8Array<ArrayBuffer>>;
}

/** What `torch.save` wrote, in either of its layouts. */
export interface TorchContents {
  readonly source: ByteSource;
  /** For messages. */
  readonly format: string;
  readonly root: PickleValue;
  /** A storage by its key. */
  storage(key: string): StorageBytes | undefined;
  readonly fail: Fail;
}

/**
 * The weights of a checkpoint; every tensor of `model` and `ema` is checked
 * against its storage now, its bytes are read by ranges later.
 *
 * @throws {CheckpointError} where it holds none, or one does not fit
 */
export function torchWeights(contents: TorchContents): WeightFile {
  const { source, format, root, fail } = contents;
  const sets = new Map<string, WeightSet>();
  for (const [name, dict] of stateDicts(root, fail)) {
    sets.set(name, new TorchSet(contents, { name, dict }));
  }
  return {
    name: source.name,
    format,
    sets,
    args: argsIn(root),
    digest: () => digestOf(source),
    close: () => source.close(),
  };
}

/** The dictionaries of tensors: the root itself, or those under known names. */
function stateDicts(
  root: PickleValue,
  fail: Fail,
): readonly (readonly [string, PickleDict])[] {
  if (!(root instanceof PickleDict)) {
    throw fail(`it holds ${kindOf(root)}, expected a dictionary of weights`);
  }
  const values = [...root.entries.values()];
  if (values.some((value) => value instanceof TensorReference)) {
    return [["model", root]];
  }
  const found = SETS.flatMap((name) => {
    const value = root.entries.get(name);
    if (value === undefined) return [];
    if (value instanceof PickleDict) return [[name, value] as const];
    throw fail(`its "${name}" is ${kindOf(value)}, expected a dictionary`);
  });
  if (found.length > 0) return found;
  const keys = [...root.entries.keys()].slice(0, 6).map(String);
  throw fail(
    `it holds no weights: expected ${SETS.join(" or ")}, found ` +
      (keys.length === 0 ? "nothing" : quoted(keys.join(", "))),
  );
}

/** Plain data under the name that training scripts give their options. */
function argsIn(root: PickleValue): PlainValue | undefined {
  if (!(root instanceof PickleDict)) return undefined;
  const args = root.entries.get(ARGS);
  return args === undefined ? undefined : plainOf(args);
}

/**
 * The storage of a tensor, once the tensor is seen to fit it.
 *
 * @throws {CheckpointError} where it does not
 */
function fittingStorage(
  contents: TorchContents,
  tensor: TensorReference,
  name: string,
): StorageBytes {
  const fail: Fail = (detail) =>
    contents.fail(`tensor ${quoted(name)}: ${detail}`);
  const { key, dtype, elements } = tensor.storage;
  const storage = contents.storage(key);
  if (storage === undefined) {
    throw fail(`its storage ${quoted(key)} is missing`);
  }
  const bytes = elements * FILE_DTYPES[dtype];
  if (storage.size !== bytes) {
    throw fail(
      `its storage ${quoted(key)} has ${storage.size} bytes, expected ` +
        `${bytes} for ${elements} elements of ${dtype}`,
    );
  }
  checkStrided(tensor, { elements, fail });
  return storage;
}

/** One dictionary of tensors. */
class TorchSet implements WeightSet {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  private readonly fail: Fail;
  private readonly storages: ReadonlyMap<string, StorageBytes>;
  private readonly references: ReadonlyMap<string, TensorReference>;

  constructor(
    contents: TorchContents,
    { name: set, dict }: { readonly name: string; readonly dict: PickleDict },
  ) {
    const tensors = new Map<string, StoredTensor>();
    const storages = new Map<string, StorageBytes>();
    const references = new Map<string, TensorReference>();
    for (const [key, value] of dict.entries) {
      if (typeof key !== "string" || !(value instanceof TensorReference)) {
        throw contents.fail(
          `its "${set}" holds ${kindOf(value)} as ${quoted(String(key))}, ` +
            "expected named tensors",
        );
      }
      storages.set(key, fittingStorage(contents, value, key));
      references.set(key, value);
      tensors.set(key, { dtype: value.storage.dtype, shape: value.shape });
    }
    this.fail = contents.fail;
    this.tensors = tensors;
    this.storages = storages;
    this.references = references;
  }

  async readRows(
    tensor: string,
    { start, count }: RowRange,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const reference = this.references.get(tensor);
    if (reference === undefined) {
      throw this.fail(`it has no tensor ${quoted(tensor)}`);
    }
    const { shape, strides, offset } = reference;
    const { dtype } = reference.storage;
    const rows = shape.length === 0 ? reference : {
      shape: shape.with(0, count),
      strides,
      offset: offset + start * strides[0]!,
    };
    const width = FILE_DTYPES[dtype];
    const storage = this.storages.get(tensor)!;
    return await gatherElements(rows, {
      dtype,
      read: (range) =>
        storage.read({
          at: range.start * width,
          length: range.count * width,
        }),
    });
  }
}
