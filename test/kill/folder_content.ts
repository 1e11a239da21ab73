import { join } from "node:path";
import { digestBytes, digestFile } from "../../lib/artifact/mod.ts";

/** A file below a folder. */
interface Found {
  /** Its path in the folder. */
  readonly path: string;
  readonly whenMs: number;
}

/**
 * What a folder holds, a line for every file: its path and a digest. Of what
 * `.spherear` keeps, and of TensorBoard's files, which say when they were
 * written, the digest is left out.
 */
export async function folderContent(
  folder: string,
): Promise<readonly string[]> {
  const paths = filesBelow(folder).map(({ path }) => path).sort();
  return await Promise.all(paths.map(async (path) => {
    if (/\.spherear\/|tfevents/.test(path)) return path;
    return `${path} ${await digestOf(join(folder, path))}`;
  }));
}

/** Figures of logs that are times, or shares of them. */
const TIMES = /,"(time|waitedForRanks)":[\d.e+-]+/g;

/** A digest of what does not depend on when and how fast it was written. */
async function digestOf(path: string): Promise<string> {
  if (!path.endsWith(".jsonl")) return await digestFile(path);
  const text = await Deno.readTextFile(path);
  return digestBytes(text.replaceAll(TIMES, ""));
}

/**
 * The file that was written last since a moment, without numbers of processes
 * and of recipes: it tells what a killed run was at.
 */
export function newestFile(folder: string, sinceMs: number): string {
  const newest = filesBelow(folder).filter(({ whenMs }) => whenMs >= sinceMs)
    .reduce<Found | undefined>(
      (last, found) => last && last.whenMs > found.whenMs ? last : found,
      undefined,
    );
  return newest === undefined
    ? "nothing"
    : newest.path.replace(/@[0-9a-f]+/, "").replace(/\.\d+-\d+\.partial/, "…");
}

function filesBelow(folder: string, path = ""): readonly Found[] {
  const found: Found[] = [];
  for (const { name, isDirectory } of Deno.readDirSync(join(folder, path))) {
    const place = join(path, name);
    if (isDirectory) {
      found.push(...filesBelow(folder, place));
      continue;
    }
    const whenMs = Deno.statSync(join(folder, place)).mtime!.getTime();
    found.push({ path: place, whenMs });
  }
  return found;
}
