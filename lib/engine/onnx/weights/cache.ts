import { readdir, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";

/** Most that the cache keeps once a process ends; the longest unused go first. */
const CACHE_BYTES = 32 * 2 ** 30;

/** Age at which a file that nobody finished is nobody's. */
const ABANDONED_MS = 24 * 3600 * 1000;

/** A file of the cache. */
interface CacheFile {
  readonly path: string;
  readonly bytes: number;
  readonly usedMs: number;
}

/** What the cache of weights holds. */
export interface CacheContents {
  readonly files: number;
  readonly bytes: number;
}

/** Counts what is in a cache folder; one that is missing is empty. */
export async function cacheContents(folder: string): Promise<CacheContents> {
  const files = await listCache(folder);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return { files: files.length, bytes };
}

/** Notes that a file was used just now. */
export async function touch(path: string): Promise<void> {
  const now = new Date();
  // A cache of another user's, or on a medium that cannot be written, serves too.
  await utimes(path, now, now).catch(() => {});
}

/**
 * Deletes the longest unused files beyond a size, and unfinished ones. Processes
 * that have them mapped keep them, where the system lets them be deleted.
 */
export async function pruneCache(
  folder: string,
  { limitBytes = CACHE_BYTES }: { limitBytes?: number } = {},
): Promise<void> {
  const files = await listCache(folder);
  files.sort((a, b) => b.usedMs - a.usedMs);
  let kept = 0;
  for (const { path, bytes, usedMs } of files) {
    const isAbandoned = path.endsWith(".part") &&
      Date.now() - usedMs > ABANDONED_MS;
    kept += bytes;
    if (kept <= limitBytes && !isAbandoned) continue;
    kept -= bytes;
    await rm(path, { force: true }).catch(() => {});
  }
}

async function listCache(folder: string): Promise<CacheFile[]> {
  const names = await readdir(folder).catch(() => []);
  const files: CacheFile[] = [];
  for (const name of names) {
    if (!/\.(bin|part)$/.test(name)) continue;
    const path = join(folder, name);
    const info = await stat(path).catch(() => undefined);
    if (info === undefined) continue;
    files.push({ path, bytes: info.size, usedMs: info.mtimeMs });
  }
  return files;
}
