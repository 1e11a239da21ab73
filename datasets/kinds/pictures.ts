import { join } from "node:path";
import { ioError, UserError } from "../../lib/artifact/mod.ts";
import type { EncodedPictures } from "../encoded.ts";
import { encodedKind } from "../kind.ts";
import { PICTURE_NAME } from "../picture_name.ts";
import type { PictureTable } from "../picture_table.ts";
import { countedSize } from "../size.ts";

/**
 * Pictures of a folder and of the folders in it, without classes.
 *
 * They are in the order of their names. Hidden files and folders are passed over,
 * other files are counted as skipped.
 */
export const PICTURES = encodedKind({
  name: "pictures",
  argument: "PATH",
  help: "a folder of pictures, without classes",
  opening: "lists",
  store: "pixels",
  encoded: ({ argument }) => openPictures(argument),
  async size({ argument }) {
    return countedSize(await openPictures(argument));
  },
  async fingerprint({ argument }) {
    const { folderFingerprint } = await import("../fingerprint.ts");
    return await folderFingerprint(await openPictures(argument));
  },
});

/**
 * @throws {UserError} where there is no picture, an empty one, or a link, which
 *   may lead anywhere
 */
async function openPictures(path: string): Promise<EncodedPictures> {
  const { encodedPictures } = await import("../encoded.ts");
  const { PictureTable } = await import("../picture_table.ts");
  const table = new PictureTable();
  const found = await walk(path, table);
  if (table.count === 0) {
    throw new UserError(
      `Cannot use "${path}" as a folder of pictures: expected pictures by their ` +
        `names, found ${found.others === 0 ? "none" : "only other files"}`,
    );
  }
  table.sort([0]);
  return encodedPictures({
    name: "pictures",
    classes: [{ name: "picture", flips: true }],
    licences: ["The pictures of a folder: known to its owner only"],
    skipped: describe(found),
    table,
    containers: found.folders.map((folder) => ({
      form: "folder",
      path: join(path, folder),
    })),
  });
}

/** What is in a folder besides what its table tells. */
interface Walked {
  /** Folders that hold pictures, relative to the whole. */
  readonly folders: readonly string[];
  /** Files that are no pictures, by their names. */
  readonly others: number;
}

/** What was skipped, in words; undefined for nothing. */
function describe({ others }: Walked): string | undefined {
  if (others === 0) return undefined;
  return others === 1
    ? "1 file that is no picture (by name)"
    : `${others} files that are no pictures (by name)`;
}

/** Puts all pictures below a folder into a table. */
async function walk(path: string, table: PictureTable): Promise<Walked> {
  const folders: string[] = [];
  let others = 0;
  const waiting = [""];
  for (let folder; (folder = waiting.pop()) !== undefined;) {
    for (const { name, isFile, isDirectory } of await list(path, folder)) {
      const id = folder === "" ? name : `${folder}/${name}`;
      if (isDirectory) waiting.push(id);
      else if (!isFile || !PICTURE_NAME.test(name)) others++;
      else {
        if (folders.at(-1) !== folder) folders.push(folder);
        const length = sizeOf(path, id);
        table.add({
          container: folders.length - 1,
          offset: 0,
          length,
          label: 0,
          id,
        });
      }
    }
  }
  return { folders, others };
}

/**
 * What a folder shows.
 *
 * @throws {UserError} where it cannot be read, or a link is in it
 */
async function list(
  path: string,
  folder: string,
): Promise<readonly Deno.DirEntry[]> {
  const place = join(path, folder);
  const entries: Deno.DirEntry[] = [];
  try {
    for await (const entry of Deno.readDir(place)) {
      if (entry.name.startsWith(".")) continue;
      if (entry.isSymlink) {
        throw new UserError(
          `Cannot use "${path}" as a folder of pictures: ` +
            `${
              JSON.stringify(join(folder, entry.name))
            } is a link, which may ` +
            "lead out of it: expected files and folders",
        );
      }
      entries.push(entry);
    }
  } catch (error) {
    throw ioError(error, `Cannot read "${place}"`);
  }
  return entries;
}

/** @throws {UserError} where a picture is empty */
function sizeOf(path: string, id: string): number {
  const file = join(path, id);
  try {
    // At once: awaited one by one, those of a million take minutes.
    const { size } = Deno.lstatSync(file);
    if (size > 0) return size;
  } catch (error) {
    throw ioError(error, `Cannot read "${file}"`);
  }
  throw new UserError(`Cannot use "${file}": the picture's file is empty`);
}
