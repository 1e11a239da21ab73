import { join } from "node:path";
import { type ArtifactKind, UserError } from "../../artifact/mod.ts";
import { isOfficialName } from "../../official/mod.ts";
import type {
  FetchedFile,
  FetchOptions,
  Presence,
  RemoteFiles,
  RemoteTools,
} from "../../pipeline/mod.ts";
import {
  type Access,
  accessOf,
  FileCache,
  partOf,
  type RemoteFile,
  remoteFiles,
  WITNESSES,
} from "../../remote/mod.ts";
import { ImportCache } from "./import_cache.ts";

/**
 * Files of others in the user's cache: as they are published below `files`, as
 * artifacts below `imported`.
 *
 * @throws {UserError} where the environment says how to reach the Hub, and wrongly
 */
export function openRemoteFiles(
  { cache, environment, ...tools }: RemoteTools,
): RemoteFiles {
  const access = accessOf(environment);
  const files = new FileCache(join(cache, "files"), { ...tools, access });
  const imports = new ImportCache(join(cache, "imported"), tools);
  return new CachedFiles({ files, imports, access });
}

class CachedFiles implements RemoteFiles {
  private readonly files: FileCache;
  private readonly imports: ImportCache;
  private readonly access: Access;

  constructor({ files, imports, access }: {
    readonly files: FileCache;
    readonly imports: ImportCache;
    readonly access: Access;
  }) {
    this.files = files;
    this.imports = imports;
    this.access = access;
  }

  async fetch(
    word: string,
    options: FetchOptions = {},
  ): Promise<readonly FetchedFile[]> {
    const fetched: FetchedFile[] = [];
    for (const wanted of this.of(word)) {
      const { file } = wanted;
      const { witness, ...kept } = await this.files.get(wanted, options);
      fetched.push({ word, file, ...kept, witness: WITNESSES[witness] });
    }
    return fetched;
  }

  async presence(word: string): Promise<readonly Presence[]> {
    return await Promise.all(
      this.of(word).map(async (wanted) => {
        const { file, bytes } = wanted;
        const path = this.files.pathOf(wanted);
        const info = await Deno.stat(path).catch(() => undefined);
        if (info?.isFile) {
          return { file, here: info.size, bytes: info.size, isWhole: true };
        }
        const part = await partOf(path);
        return {
          file,
          here: part?.written ?? 0,
          bytes: bytes ?? part?.bytes,
          isWhole: false,
        };
      }),
    );
  }

  async paths(word: string): Promise<readonly string[]> {
    const here = await this.here(word);
    if (here !== undefined) return here.map(({ path }) => path);
    return (await this.fetch(word)).map(({ path }) => path);
  }

  async artifact(
    word: string,
    kinds: readonly ArtifactKind[],
  ): Promise<string> {
    const found = await this.here(word) ?? await this.fetch(word);
    return await this.imports.get(found, { kinds, name: word });
  }

  async artifactHere(
    word: string,
    kinds: readonly ArtifactKind[],
  ): Promise<string | undefined> {
    const found = await this.here(word);
    return found && await this.imports.find(found, kinds);
  }

  private of(word: string): readonly RemoteFile[] {
    return remoteFiles(word, this.access.endpoint);
  }

  /**
   * The files of a word, all of which are here; `undefined` where they are to be
   * fetched.
   *
   * @throws {UserError} for official ones that are not here: they are large, so a
   *   person fetches them
   */
  private async here(word: string) {
    const found = [];
    for (const wanted of this.of(word)) {
      const kept = await this.files.find(wanted);
      if (kept !== undefined) found.push(kept);
      else if (!isOfficialName(word)) return undefined;
      else {
        throw new UserError(
          `Cannot use "${word}": ${wanted.file} is not here; ` +
            `spherear fetch ${word} gets it`,
        );
      }
    }
    return found;
  }
}
