import { join, sep } from "node:path";
import { digestFile, ioError, UserError } from "../lib/artifact/mod.ts";
import { decodeRgb, freePicture } from "../lib/image/mod.ts";
import type {
  Dataset,
  DatasetEntry,
  LabelledPicture,
  LoadOptions,
  OpenOptions,
} from "./dataset.ts";
import { inOrder } from "./in_order.ts";
import { readPicture, squareOf } from "./pictures.ts";
import { splitEntries, type UnsplitEntry } from "./split.ts";

const PICTURE_NAME = /\.(?:jpe?g|png|webp|gif|tiff?)$/i;

/**
 * Pictures of a folder that holds one folder for each class.
 *
 * Classes are sorted by name. Hidden files are passed over; other files, folders
 * inside classes, folders without pictures and links that lead out of the folder
 * are counted as skipped.
 *
 * @throws {UserError} when there is no class or no picture
 */
export async function openFolder(
  path: string,
  { heldout: share, splitBy, skipBroken = false }: OpenOptions,
): Promise<Dataset> {
  const found = await scan(path);
  const { classes } = found;
  const all = classes.flatMap(({ name, files }, label) =>
    files.map((file) => `${name}/${file}`)
      .map((id) => ({ id, key: id, label }))
  );
  const broken = skipBroken ? await brokenIn(path, all) : new Set();
  const skipped = describe(found, broken.size);
  const entries = await splitEntries(all.filter(({ id }) => !broken.has(id)), {
    share,
    ...splitBy === "content" && { contentOf: await fileContents(path, all) },
  });
  async function read(
    entry: DatasetEntry,
    size: number,
  ): Promise<LabelledPicture> {
    const file = join(path, entry.id);
    const whole = await readPicture(file, decodeRgb);
    const picture = squareOf(whole, { name: file, size });
    freePicture(whole);
    return { ...entry, picture };
  }
  async function* load(
    { split, size, signal }: LoadOptions,
  ): AsyncGenerator<LabelledPicture> {
    const wanted = entries.filter((entry) => entry.split === split);
    for await (const item of inOrder(wanted, (entry) => read(entry, size))) {
      signal?.throwIfAborted();
      yield item;
    }
  }
  return {
    name: "folder",
    classes: classes.map(({ name }) => ({ name, flips: true })),
    licences: ["The pictures of a folder: known to its owner only"],
    entries,
    load,
    ...(skipped !== undefined && { skipped }),
  };
}

/** Pictures that cannot be read, by their ids. */
async function brokenIn(
  path: string,
  entries: readonly UnsplitEntry[],
): Promise<ReadonlySet<string>> {
  const broken = new Set<string>();
  async function test({ id }: UnsplitEntry): Promise<void> {
    try {
      freePicture(await readPicture(join(path, id), decodeRgb));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      broken.add(id);
    }
  }
  for await (const _ of inOrder(entries, test));
  return broken;
}

/**
 * What tells equal files of a folder apart from others: only those that share
 * their size with another one are read.
 */
async function fileContents(
  path: string,
  entries: readonly UnsplitEntry[],
): Promise<(entry: UnsplitEntry) => Promise<string>> {
  const sizes = new Map<string, number>();
  const count = new Map<number, number>();
  for (const { id } of entries) {
    const { size } = await Deno.stat(join(path, id));
    sizes.set(id, size);
    count.set(size, (count.get(size) ?? 0) + 1);
  }
  return async ({ id }) =>
    count.get(sizes.get(id)!) === 1 ? id : await digestFile(join(path, id));
}

/** What was skipped, in words; undefined for nothing. */
function describe(
  { skipped, empty }: Scan,
  broken: number,
): string | undefined {
  const what = skipped === 1
    ? "1 file or folder that is no picture"
    : `${skipped} files or folders that are no pictures`;
  const parts = [
    ...skipped > 0 ? [`${what} (by name), or leads out of the folder`] : [],
    ...broken > 0
      ? [`${broken} broken ${broken === 1 ? "picture" : "pictures"}`]
      : [],
    ...empty.slice(0, 1).map((name) => `folder "${name}" without pictures`),
    ...empty.length > 1 ? [`${empty.length - 1} more of them`] : [],
  ];
  return parts.length === 0 ? undefined : parts.join("; ");
}

interface Scan {
  readonly classes: { readonly name: string; readonly files: string[] }[];
  readonly skipped: number;
  /** Folders that could be classes but hold no picture. */
  readonly empty: readonly string[];
}

async function scan(path: string): Promise<Scan> {
  const root = await realPath(path);
  const top = await list(path, root);
  let skipped = top.outside + top.files.length;
  const classes: Scan["classes"] = [];
  const empty: string[] = [];
  for (const name of top.folders) {
    const inside = await list(join(path, name), root);
    const files = inside.files.filter((file) => PICTURE_NAME.test(file));
    skipped += inside.outside + inside.folders.length;
    skipped += inside.files.length - files.length;
    if (files.length > 0) classes.push({ name, files });
    else empty.push(name);
  }
  if (classes.length > 0) return { classes, skipped, empty };
  const found = top.folders.length === 0
    ? "no folders"
    : `${top.folders.length} folders without pictures`;
  throw new UserError(
    `Cannot use "${path}" as a dataset: expected one folder of pictures for ` +
      `each class, found ${found}`,
  );
}

interface Listing {
  readonly files: string[];
  readonly folders: string[];
  /** Links that lead out of the dataset or nowhere, and special files. */
  readonly outside: number;
}

/** The visible files and folders of a folder, sorted by name. */
async function list(folder: string, root: string): Promise<Listing> {
  const files: string[] = [];
  const folders: string[] = [];
  let outside = 0;
  try {
    for await (const { name } of Deno.readDir(folder)) {
      if (name.startsWith(".")) continue;
      const info = await insideInfo(join(folder, name), root);
      if (info?.isFile) files.push(name);
      else if (info?.isDirectory) folders.push(name);
      else outside++;
    }
  } catch (error) {
    throw ioError(error, `Cannot read "${folder}"`);
  }
  return { files: files.sort(), folders: folders.sort(), outside };
}

async function insideInfo(
  path: string,
  root: string,
): Promise<Deno.FileInfo | undefined> {
  const real = await Deno.realPath(path).catch(() => undefined);
  if (real === undefined || !real.startsWith(root + sep)) return undefined;
  return await Deno.stat(real);
}

async function realPath(path: string): Promise<string> {
  try {
    return await Deno.realPath(path);
  } catch (error) {
    throw ioError(error, `Cannot read "${path}"`);
  }
}
