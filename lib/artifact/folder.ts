import { dirname, join } from "node:path";
import {
  partialName,
  sweepLeftovers,
  syncFolder,
  writeWhole,
} from "./files.ts";
import { ioError, UserError } from "./user_error.ts";

/** A folder being filled beside its place; it appears there on commit. */
export interface AtomicFolder {
  /** Where its files are until then. */
  readonly path: string;
  /** Adds a file. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** Adds a finished file by a link; a copy where there can be none. */
  link(name: string, file: string): Promise<void>;
  /** Moves the folder to its place. */
  commit(): Promise<void>;
  /** Removes what was written; after commit it does nothing. */
  abort(): Promise<void>;
}

/**
 * Starts a folder that appears at `path` only when it is complete.
 *
 * It replaces a folder there that holds nothing but files of its names, so
 * that nothing of anybody else is lost. A link keeps pointing where it points.
 *
 * @param names what the files are called
 * @throws {UserError} when the place is taken or cannot be written
 */
export async function createAtomicFolder(
  name: string,
  names: RegExp,
): Promise<AtomicFolder> {
  const action = `Cannot write "${name}"`;
  const path = await Deno.realPath(name).catch(() => name);
  const partial = partialName(path);
  try {
    await Deno.mkdir(dirname(path), { recursive: true });
    await refuseOthers(path, names);
    await sweepLeftovers(path);
    await Deno.mkdir(partial);
  } catch (error) {
    throw ioError(error, action);
  }
  const remove = (folder: string) => Deno.remove(folder, { recursive: true });
  return {
    path: partial,
    async write(name, bytes) {
      try {
        using file = await Deno.open(join(partial, name), {
          write: true,
          createNew: true,
        });
        await writeWhole(file, bytes);
        await file.sync();
      } catch (error) {
        throw ioError(error, action);
      }
    },
    async link(name, file) {
      const place = join(partial, name);
      try {
        await Deno.link(file, place).catch(() => Deno.copyFile(file, place));
      } catch (error) {
        throw ioError(error, action);
      }
    },
    async commit() {
      try {
        await syncFolder(partial);
        await refuseOthers(path, names);
        await replace(path, partial);
      } catch (error) {
        await remove(partial).catch(() => {});
        throw ioError(error, action);
      }
    },
    abort: () => remove(partial).catch(() => {}),
  };
}

/** Moves a folder to a place; what is there goes when the new one is there. */
async function replace(path: string, by: string): Promise<void> {
  const old = partialName(path);
  const moved = await Deno.rename(path, old).then(() => true, () => false);
  try {
    await Deno.rename(by, path);
  } catch (error) {
    if (moved) await Deno.rename(old, path);
    throw error;
  }
  await syncFolder(dirname(path));
  if (moved) await Deno.remove(old, { recursive: true }).catch(() => {});
}

async function refuseOthers(path: string, names: RegExp): Promise<void> {
  const found = await Deno.stat(path).catch(() => undefined);
  if (found === undefined) return;
  if (!found.isDirectory) {
    throw new UserError(`Cannot write "${path}": a file has that name`);
  }
  for await (const { name, isFile } of Deno.readDir(path)) {
    if (isFile && names.test(name)) continue;
    throw new UserError(
      `Cannot write "${path}": expected an empty or new folder, found ` +
        `"${name}" in it`,
    );
  }
}
