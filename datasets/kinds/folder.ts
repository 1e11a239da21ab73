import { join, sep } from "node:path";
import { ioError, UserError } from "../../lib/artifact/mod.ts";
import type { EncodedPictures } from "../encoded.ts";
import { encodedKind } from "../kind.ts";
import { countedSize } from "../size.ts";
import { PICTURE_NAME } from "../picture_name.ts";

/**
 * Pictures of a folder that holds one folder for each class.
 *
 * Classes are sorted by name. Hidden files are passed over; other files, folders
 * inside classes, folders without pictures and links that lead out of the folder
 * are counted as skipped.
 */
export const FOLDER = encodedKind({
  name: "folder",
  argument: "PATH",
  help: "a folder per class",
  opening: "lists",
  store: "pixels",
  encoded: ({ argument }) => openFolder(argument),
  async size({ argument }) {
    return countedSize(await openFolder(argument));
  },
  async fingerprint({ argument }) {
    const { folderFingerprint } = await import("../fingerprint.ts");
    return await folderFingerprint(await openFolder(argument));
  },
});

/** @throws {UserError} when there is no class or no picture */
async function openFolder(path: string): Promise<EncodedPictures> {
  const { encodedPictures } = await import("../encoded.ts");
  const { PictureTable } = await import("../picture_table.ts");
  const found = await scan(path);
  const table = new PictureTable();
  for (const [label, { name, files }] of found.classes.entries()) {
    for (const { name: file, size: length } of files) {
      const id = `${name}/${file}`;
      table.add({ container: label, offset: 0, length, label, id });
    }
  }
  return encodedPictures({
    name: "folder",
    classes: found.classes.map(({ name }) => ({ name, flips: true })),
    licences: ["The pictures of a folder: known to its owner only"],
    skipped: describe(found),
    table,
    containers: found.classes.map(({ name }) => ({
      form: "folder",
      path: join(path, name),
    })),
  });
}

/** What was skipped, in words; undefined for nothing. */
function describe({ skipped, empty }: Scan): string | undefined {
  const what = skipped === 1
    ? "1 file or folder that is no picture"
    : `${skipped} files or folders that are no pictures`;
  const parts = [
    ...skipped > 0 ? [`${what} (by name), or leads out of the folder`] : [],
    ...empty.slice(0, 1).map((name) => `folder "${name}" without pictures`),
    ...empty.length > 1 ? [`${empty.length - 1} more of them`] : [],
  ];
  return parts.length === 0 ? undefined : parts.join("; ");
}

interface Scan {
  readonly classes: { readonly name: string; readonly files: Found[] }[];
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
    const files = inside.files.filter(({ name }) => PICTURE_NAME.test(name));
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

/** A file by its name, with its bytes. */
interface Found {
  readonly name: string;
  readonly size: number;
}

interface Listing {
  readonly files: Found[];
  readonly folders: string[];
  /** Links that lead out of the dataset or nowhere, and special files. */
  readonly outside: number;
}

/** The visible files and folders of a folder, sorted by name. */
async function list(folder: string, root: string): Promise<Listing> {
  const files: Found[] = [];
  const folders: string[] = [];
  let outside = 0;
  try {
    for await (const { name } of Deno.readDir(folder)) {
      if (name.startsWith(".")) continue;
      const info = await insideInfo(join(folder, name), root);
      if (info?.isFile) files.push({ name, size: info.size });
      else if (info?.isDirectory) folders.push(name);
      else outside++;
    }
  } catch (error) {
    throw ioError(error, `Cannot read "${folder}"`);
  }
  files.sort((a, b) => (a.name < b.name ? -1 : 1));
  return { files, folders: folders.sort(), outside };
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
