import { join } from "node:path";
import { type AtomicFolder, createAtomicFolder } from "./folder.ts";
import type { WriteTarget } from "./safetensors_writer.ts";
import { ARTIFACT_NAME, FOLDER_FILES } from "./shard_index.ts";

/** Whether a path says by its end that it is a folder's. */
export function isFolderPath(path: string): boolean {
  return /[\\/]$/.test(path);
}

/** A path without the slash that says that it is a folder's. */
export function withoutSlash(path: string): string {
  return path.replace(/(?<=[^\\/])[\\/]+$/, "");
}

/** Whether what goes to a path is a folder: by the path, or since one is there. */
export function isFolder(path: string): boolean {
  if (isFolderPath(path)) return true;
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

/** Starts the folder of an artifact, which appears when it is complete. */
export function createFolder(path: string): Promise<AtomicFolder> {
  return createAtomicFolder(withoutSlash(path), FOLDER_FILES);
}

/** Where the one file of an artifact goes, and how that ends. */
export interface Place extends Pick<AtomicFolder, "commit" | "abort"> {
  readonly target: WriteTarget;
}

/**
 * Where an artifact of one file goes: to the target, or into a folder there.
 *
 * @throws {UserError} where the folder cannot be written, or holds other files
 */
export async function openPlace(target: WriteTarget): Promise<Place> {
  if (typeof target !== "string" || !isFolder(target)) {
    return { target, commit: done, abort: done };
  }
  const folder = await createFolder(target);
  return {
    target: join(folder.path, ARTIFACT_NAME),
    commit: () => folder.commit(),
    abort: () => folder.abort(),
  };
}

function done(): Promise<void> {
  return Promise.resolve();
}
