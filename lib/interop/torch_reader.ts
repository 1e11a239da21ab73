import type { ByteSource } from "../artifact/mod.ts";
import { CheckpointError, type Fail, quoted } from "./checkpoint_error.ts";
import { PICKLE_LIMITS } from "./pickle/limits.ts";
import { unpickle } from "./pickle/unpickle.ts";
import type { PickleValue } from "./pickle/values.ts";
import { torchWeights } from "./torch_weights.ts";
import type { WeightFile } from "./weight_file.ts";
import { ZipArchive } from "./zip/archive.ts";
import type { ZipEntry } from "./zip/directory.ts";

/**
 * Opens a checkpoint that `torch.save` wrote, and takes the source over.
 *
 * The pickle inside is read as data (see `unpickle`): nothing of it is run.
 *
 * @throws {CheckpointError} where it is malformed, hostile or not a checkpoint
 */
export async function openTorch(source: ByteSource): Promise<WeightFile> {
  const fail: Fail = (detail) => new CheckpointError(source.name, detail);
  const zip = await ZipArchive.open(source);
  const folder = onlyFolder(zip, fail);
  const root = await readRoot(zip, { folder, fail });
  return torchWeights({
    source,
    format: "PyTorch checkpoint",
    root,
    fail,
    storage(key) {
      const entry = zip.entries.get(`${folder}/data/${key}`);
      if (entry === undefined) return undefined;
      return { size: entry.size, read: (range) => zip.read(entry, range) };
    },
  });
}

/** What the archive's pickle holds, once its other entries are seen to fit. */
async function readRoot(
  zip: ZipArchive,
  { folder, fail }: { readonly folder: string; readonly fail: Fail },
): Promise<PickleValue> {
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
  return unpickle(await zip.read(pickle), fail);
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
