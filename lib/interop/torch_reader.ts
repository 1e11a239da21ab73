import {
  type ByteSource,
  digestOf,
  FILE_DTYPES,
  type RowRange,
} from "../artifact/mod.ts";
import { CheckpointError, type Fail, quoted } from "./checkpoint_error.ts";
import { PICKLE_LIMITS } from "./pickle/limits.ts";
import { unpickle } from "./pickle/unpickle.ts";
import {
  kindOf,
  PickleDict,
  type PickleValue,
  TensorReference,
} from "./pickle/values.ts";
import { checkStrided, gatherElements } from "./strided.ts";
import type { StoredTensor, WeightFile, WeightSet } from "./weight_file.ts";
import { ZipArchive } from "./zip/archive.ts";
import type { ZipEntry } from "./zip/directory.ts";

/** Sets that a training checkpoint may hold, as the release names them. */
const SETS = ["model", "ema"];

/**
 * Opens a checkpoint that `torch.save` wrote, and takes the source over.
 *
 * The pickle inside is read as data (see `unpickle`): nothing of it is run.
 * Every tensor of `model` and `ema` is checked against its storage now; its
 * bytes are read by ranges later.
 *
 * @throws {CheckpointError} where it is malformed, hostile or not a checkpoint
 */
export async function openTorch(source: ByteSource): Promise<WeightFile> {
  const fail: Fail = (detail) => new CheckpointError(source.name, detail);
  const zip = await ZipArchive.open(source);
  const archive = await TorchArchive.open(zip, fail);
  const sets = new Map<string, WeightSet>();
  for (const [name, dict] of stateDicts(archive.root, fail)) {
    sets.set(name, new TorchSet(archive, { name, dict }));
  }
  return {
    name: source.name,
    format: "PyTorch checkpoint",
    sets,
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

/** The entries of an archive below its one folder, and its unpickled root. */
class TorchArchive {
  readonly fail: Fail;
  readonly zip: ZipArchive;
  readonly root: PickleValue;
  private readonly folder: string;

  private constructor(
    zip: ZipArchive,
    { folder, root, fail }: {
      readonly folder: string;
      readonly root: PickleValue;
      readonly fail: Fail;
    },
  ) {
    this.zip = zip;
    this.folder = folder;
    this.root = root;
    this.fail = fail;
  }

  static async open(zip: ZipArchive, fail: Fail): Promise<TorchArchive> {
    const folder = onlyFolder(zip, fail);
    const entry = (name: string) => zip.entries.get(`${folder}/${name}`);
    await checkText(zip, entry("version"), {
      good: /^\d{1,2}\n?$/,
      expected: "a format version",
      fail,
    });
    await checkText(zip, entry("byteorder"), {
      good: /^little\n?$/,
      expected: "little-endian bytes",
      fail,
    });
    const pickle = entry("data.pkl");
    if (pickle === undefined) {
      throw fail(`it is a zip archive without "${folder}/data.pkl"`);
    }
    if (pickle.size > PICKLE_LIMITS.pickleBytes) {
      throw fail(
        `its pickle has ${pickle.size} bytes, expected at most ` +
          `${PICKLE_LIMITS.pickleBytes}`,
      );
    }
    const root = unpickle(await zip.read(pickle), fail);
    return new TorchArchive(zip, { folder, root, fail });
  }

  /** The entry of a tensor's storage, once the tensor is seen to fit it. */
  entryOf(tensor: TensorReference, name: string): ZipEntry {
    const fail: Fail = (detail) =>
      this.fail(`tensor ${quoted(name)}: ${detail}`);
    const { key, dtype, elements } = tensor.storage;
    const entry = this.zip.entries.get(`${this.folder}/data/${key}`);
    if (entry === undefined) {
      throw fail(`its storage ${quoted(key)} is missing`);
    }
    const bytes = elements * FILE_DTYPES[dtype];
    if (entry.size !== bytes) {
      throw fail(
        `its storage ${quoted(key)} has ${entry.size} bytes, expected ` +
          `${bytes} for ${elements} elements of ${dtype}`,
      );
    }
    checkStrided(tensor, { elements, fail });
    return entry;
  }
}

function onlyFolder(zip: ZipArchive, fail: Fail): string {
  const folders = new Set(
    [...zip.entries.keys()].map((name) => name.split("/")[0]!),
  );
  const [folder] = folders;
  if (folder !== undefined && folders.size === 1) return folder;
  throw fail(
    `it is a zip archive with ${folders.size} folders, expected the one of a ` +
      "PyTorch checkpoint",
  );
}

/** Checks a short text entry where there is one; older files have none. */
async function checkText(
  zip: ZipArchive,
  entry: ZipEntry | undefined,
  { good, expected, fail }: {
    readonly good: RegExp;
    readonly expected: string;
    readonly fail: Fail;
  },
): Promise<void> {
  if (entry === undefined) return;
  const length = Math.min(entry.size, 64);
  const bytes = await zip.read(entry, { length });
  const text = new TextDecoder().decode(bytes);
  if (good.test(text)) return;
  throw fail(
    `its entry ${quoted(entry.name)} says ${
      quoted(text)
    }, expected ${expected}`,
  );
}

/** One dictionary of tensors. */
class TorchSet implements WeightSet {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  private readonly archive: TorchArchive;
  private readonly entries: ReadonlyMap<string, ZipEntry>;
  private readonly references: ReadonlyMap<string, TensorReference>;

  constructor(
    archive: TorchArchive,
    { name: set, dict }: { readonly name: string; readonly dict: PickleDict },
  ) {
    this.archive = archive;
    const tensors = new Map<string, StoredTensor>();
    const entries = new Map<string, ZipEntry>();
    const references = new Map<string, TensorReference>();
    for (const [key, value] of dict.entries) {
      if (typeof key !== "string" || !(value instanceof TensorReference)) {
        throw archive.fail(
          `its "${set}" holds ${kindOf(value)} as ${quoted(String(key))}, ` +
            "expected named tensors",
        );
      }
      entries.set(key, archive.entryOf(value, key));
      references.set(key, value);
      tensors.set(key, { dtype: value.storage.dtype, shape: value.shape });
    }
    this.tensors = tensors;
    this.entries = entries;
    this.references = references;
  }

  async readRows(
    tensor: string,
    { start, count }: RowRange,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const reference = this.references.get(tensor);
    if (reference === undefined) {
      throw this.archive.fail(`it has no tensor ${quoted(tensor)}`);
    }
    const { storage: { dtype }, shape, strides, offset } = reference;
    const rows = shape.length === 0 ? reference : {
      shape: shape.with(0, count),
      strides,
      offset: offset + start * strides[0]!,
    };
    const width = FILE_DTYPES[dtype];
    const entry = this.entries.get(tensor)!;
    return await gatherElements(rows, {
      dtype,
      read: (range) =>
        this.archive.zip.read(entry, {
          at: range.start * width,
          length: range.count * width,
        }),
    });
  }
}
