import { type ByteSource, FILE_DTYPES } from "../artifact/mod.ts";
import { CheckpointError, type Fail, quoted } from "./checkpoint_error.ts";
import { PICKLE_LIMITS } from "./pickle/limits.ts";
import { unpickleNext } from "./pickle/unpickle.ts";
import {
  kindOf,
  PickleDict,
  PickleList,
  type PickleValue,
  type StorageReference,
} from "./pickle/values.ts";
import { type StorageBytes, torchWeights } from "./torch_weights.ts";
import type { WeightFile } from "./weight_file.ts";

/** First of the pickles of a file of PyTorch before 1.6: a magic number. */
const LEGACY_MAGIC = 0x1950a86a20f9469cfc6cn;

/** The only version of that layout. */
const VERSION = 1001;

/** Each storage begins with its number of elements. */
const COUNT_BYTES = 8;

/**
 * Opens a checkpoint as `torch.save` wrote it before PyTorch 1.6, as models of
 * torchvision and LPIPS are still passed on, and takes the source over: pickles
 * of a magic number, a version, facts of the machine, the contents and the keys
 * of the storages, then the storages one after another.
 *
 * The pickles are read as data (see `unpickle`): nothing of them is run.
 *
 * @throws {CheckpointError} where it is malformed, hostile or not a checkpoint
 */
export async function openLegacyTorch(source: ByteSource): Promise<WeightFile> {
  const fail: Fail = (detail) => new CheckpointError(source.name, detail);
  const head = new Uint8Array(Math.min(source.size, PICKLE_LIMITS.pickleBytes));
  await source.readInto(head, 0);
  const pickles = readPickles(head, fail);
  const storages = await placeStorages(source, { ...pickles, fail });
  return torchWeights({
    source,
    format: "PyTorch checkpoint of the format before 1.6",
    root: pickles.root,
    storage: (key) => storages.get(key),
    fail,
  });
}

/** What the pickles at the start of a file hold. */
interface Pickles {
  readonly root: PickleValue;
  /** Storages that the contents refer to, by key. */
  readonly references: ReadonlyMap<string, StorageReference>;
  /** Keys of the storages in their order. */
  readonly keys: readonly PickleValue[];
  /** Byte after the last pickle. */
  readonly end: number;
}

function readPickles(head: Uint8Array, fail: Fail): Pickles {
  let end = 0;
  const next = () => {
    const found = unpickleNext(head.subarray(end), fail);
    end += found.bytes;
    return found;
  };
  expectValue(next().value, {
    what: "magic number",
    value: LEGACY_MAGIC,
    fail,
  });
  expectValue(next().value, { what: "version", value: VERSION, fail });
  const machine = next().value;
  const facts = machine instanceof PickleDict ? machine.entries : new Map();
  expectValue(facts.get("little_endian"), {
    what: "little_endian",
    value: true,
    fail,
  });
  const { value: root, storages } = next();
  const references = new Map<string, StorageReference>();
  for (const storage of storages) {
    const same = references.get(storage.key) ?? storage;
    if (
      same.dtype !== storage.dtype || same.elements !== storage.elements
    ) {
      throw fail(`its storage ${quoted(storage.key)} has two sizes or types`);
    }
    references.set(storage.key, storage);
  }
  const keys = next().value;
  if (!(keys instanceof PickleList)) {
    throw fail(`its storages are listed by ${kindOf(keys)}, expected a list`);
  }
  return { root, references, keys: keys.items, end };
}

function expectValue(
  found: PickleValue | undefined,
  { what, value, fail }: {
    readonly what: string;
    readonly value: PickleValue;
    readonly fail: Fail;
  },
): void {
  if (found === value) return;
  if (found === undefined) throw fail(`its ${what} is missing`);
  const text = typeof found === "object" ? kindOf(found) : String(found);
  throw fail(`its ${what} is ${quoted(text)}, expected ${value}`);
}

/** Finds every storage behind the pickles; they fill the rest of the file. */
async function placeStorages(
  source: ByteSource,
  { references, keys, end, fail }: Pickles & { readonly fail: Fail },
): Promise<ReadonlyMap<string, StorageBytes>> {
  const storages = new Map<string, StorageBytes>();
  let at = end;
  for (const key of keys) {
    const reference = typeof key === "string" ? references.get(key) : undefined;
    if (reference === undefined || storages.has(reference.key)) {
      throw fail(
        `it lists the storage ${quoted(String(key))}, which is none of the ` +
          "contents, or twice",
      );
    }
    const start = at + COUNT_BYTES;
    const size = reference.elements * FILE_DTYPES[reference.dtype];
    if (!(start + size <= source.size)) {
      throw fail(
        `its storage ${quoted(reference.key)} ends outside the file, which ` +
          "may be cut short",
      );
    }
    const elements = await readCount(source, at);
    if (elements !== reference.elements) {
      throw fail(
        `its storage ${quoted(reference.key)} has ${elements} elements, ` +
          `expected ${reference.elements}`,
      );
    }
    storages.set(reference.key, {
      size,
      async read(range) {
        const bytes = new Uint8Array(range.length);
        await source.readInto(bytes, start + range.at);
        return bytes;
      },
    });
    at = start + size;
  }
  if (at === source.size) return storages;
  throw fail(`it has ${source.size - at} bytes behind its last storage`);
}

async function readCount(source: ByteSource, at: number): Promise<number> {
  const bytes = new Uint8Array(COUNT_BYTES);
  await source.readInto(bytes, at);
  return Number(new DataView(bytes.buffer).getBigInt64(0, true));
}
