import { join } from "node:path";
import { ioError, UserError } from "../../lib/artifact/mod.ts";
import { SYNSET } from "./classes.ts";

/** What ImageNet's training pictures come as. */
export type TrainSource =
  /** The official archive, or another in which synsets are archives or folders. */
  | { readonly form: "archive"; readonly path: string }
  /** A folder of archives, one for each synset. */
  | { readonly form: "archives"; readonly synsets: readonly SynsetPath[] }
  /** A folder of folders, one for each synset. */
  | { readonly form: "folders"; readonly synsets: readonly SynsetPath[] };

/** Where the pictures of a synset are. */
export interface SynsetPath {
  readonly synset: string;
  readonly path: string;
}

/**
 * Finds out what a path holds; synsets come sorted.
 *
 * @throws {UserError} when it is neither an archive nor a folder of synsets
 */
export async function trainSource(path: string): Promise<TrainSource> {
  const archives: SynsetPath[] = [];
  const folders: SynsetPath[] = [];
  try {
    const { isDirectory } = await Deno.stat(path);
    if (!isDirectory) return { form: "archive", path };
    for await (const { name } of Deno.readDir(path)) {
      const synset = name.replace(/\.tar$/, "");
      if (!SYNSET.test(synset)) continue;
      const list = name === synset ? folders : archives;
      list.push({ synset, path: join(path, name) });
    }
  } catch (error) {
    throw ioError(error, `Cannot read "${path}"`);
  }
  const found = `${archives.length} archives and ${folders.length} folders`;
  if ((archives.length === 0) === (folders.length === 0)) {
    throw new UserError(
      `Cannot use "${path}" as ImageNet: expected archives (n01440764.tar) or ` +
        `folders (n01440764) of synsets, found ${found}`,
    );
  }
  const form = archives.length > 0 ? "archives" : "folders";
  const synsets = (archives.length > 0 ? archives : folders)
    .sort((a, b) => (a.synset < b.synset ? -1 : 1));
  return { form, synsets };
}
