import { join } from "node:path";
import { digestFile, exists, ioError, UserError } from "../artifact/mod.ts";
import type { Access } from "./access.ts";
import { copyChecked } from "./copy.ts";
import { type Digits, knownDigits, type Witness, witnessOf } from "./digits.ts";
import { download, type TransferTools } from "./download.ts";
import { lockWaiting } from "./lock_waiting.ts";
import { PartialFile } from "./partial_file.ts";
import { type FileRecord, readRecord, stampOf, writeRecord } from "./record.ts";
import type { RemoteFile } from "./remote_file.ts";

/** A file of others that is here, whole and checked. */
export interface KeptFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  /** The surest who says its digest. */
  readonly witness: Witness;
}

/** How a file is to be had. */
export interface GetOptions {
  /** A folder that has it, or the file itself, instead of the network. */
  readonly from?: string | undefined;
  /** Get it anew, and take whatever digest it has where only a first one was seen. */
  readonly force?: boolean | undefined;
}

/** From this size on, people are told that a digest is taken. */
const TOLD_BYTES = 200_000_000;

/** Files of others in a folder of the user's: each is there whole or not at all. */
export class FileCache {
  private readonly folder: string;
  private readonly tools: TransferTools & { readonly access: Access };

  /** @param folder need not exist */
  constructor(
    folder: string,
    tools: TransferTools & { readonly access: Access },
  ) {
    this.folder = folder;
    this.tools = tools;
  }

  /** Where a file is, or would be. */
  pathOf({ place }: RemoteFile): string {
    return join(this.folder, place);
  }

  /**
   * A file that is here already. Digests are taken anew only where the file has
   * changed since, or somebody else put it there.
   *
   * @throws {UserError} where it is another file than it should be
   */
  async find(wanted: RemoteFile): Promise<KeptFile | undefined> {
    const path = this.pathOf(wanted);
    const info = await Deno.stat(path).catch(() => undefined);
    if (!info?.isFile) return undefined;
    const record = await readRecord(path);
    if (record?.stamp === stampOf(info)) {
      const { bytes, sha256, witness } = record;
      return { path, bytes, sha256, witness };
    }
    const sha256 = await this.digest(wanted.name, path);
    const digits = digitsOf(wanted, record);
    const witness = witnessOf(sha256, { name: wanted.name, digits });
    return await this.note(wanted, { sha256, witness });
  }

  /**
   * Gets a file unless it is here; others who want it meanwhile wait.
   *
   * @returns how it was had: it was here, or was copied or fetched
   * @throws {UserError} where it cannot be had, or is another one than expected
   */
  async get(
    wanted: RemoteFile,
    { from, force = false }: GetOptions = {},
  ): Promise<KeptFile & { readonly state: "kept" | "copied" | "fetched" }> {
    const path = this.pathOf(wanted);
    using _lock = await lockWaiting(path, {
      ...this.tools,
      what: wanted.name,
    });
    const kept = force ? undefined : await this.findOr(wanted);
    if (kept !== undefined) return { ...kept, state: "kept" };
    const record = await readRecord(path);
    const digits = digitsOf(wanted, force ? undefined : record);
    return from === undefined
      ? { ...await this.fetch(wanted, digits), state: "fetched" }
      : { ...await this.copy(wanted, { from, digits }), state: "copied" };
  }

  /** A file that is here and right: another one in its place is told. */
  private async findOr(wanted: RemoteFile): Promise<KeptFile | undefined> {
    try {
      return await this.find(wanted);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.tools.log.warn(`${error.message}; gets it again`);
      return undefined;
    }
  }

  private async fetch(wanted: RemoteFile, digits: Digits): Promise<KeptFile> {
    const { name, url, bytes } = wanted;
    const partial = await PartialFile.open(this.pathOf(wanted), url);
    try {
      const version = await download(
        { name, url, bytes, digits },
        { ...this.tools, partial },
      );
      const { sha256: hub } = version;
      const said = { ...digits, ...hub !== undefined && { hub } };
      const sha256 = await this.digest(name, partial.path);
      const witness = await witnessOr(
        () => witnessOf(sha256, { name, digits: said }),
        () => partial.discard(),
      );
      await partial.commit();
      return await this.note(wanted, { sha256, witness });
    } finally {
      if (partial.written === 0) await partial.discard();
      partial.close();
    }
  }

  private async copy(
    wanted: RemoteFile,
    { from, digits }: { readonly from: string; readonly digits: Digits },
  ): Promise<KeptFile> {
    const { name, bytes } = wanted;
    let witness: Witness | undefined;
    const sha256 = await copyChecked(await sourceOf(wanted, from), {
      ...this.tools,
      to: this.pathOf(wanted),
      bytes,
      check: (found) => {
        witness = witnessOf(found, { name, digits });
      },
    });
    return await this.note(wanted, { sha256, witness });
  }

  private async digest(name: string, path: string): Promise<string> {
    const { size } = await Deno.stat(path);
    // Below, it takes no longer than reading this.
    if (size > TOLD_BYTES) this.tools.log.info(`${name}: checks its digest`);
    return await digestFile(path);
  }

  /** Remembers a file that is here now, and says so where nobody knew its digest. */
  private async note(
    wanted: RemoteFile,
    { sha256, witness }: {
      readonly sha256: string;
      readonly witness: Witness | undefined;
    },
  ): Promise<KeptFile> {
    const path = this.pathOf(wanted);
    const info = await Deno.stat(path);
    const { url: from, name } = wanted;
    if (witness === undefined) {
      this.tools.log.info(
        `${name}: no digest is known; found SHA-256 ${sha256}, remembers it`,
      );
    }
    const kept = { bytes: info.size, sha256, witness: witness ?? "first" };
    const record = { from, ...kept, stamp: stampOf(info) };
    // A cache that others keep may be read alone: the next one looks again.
    await writeRecord(path, record).catch((error: Error) =>
      this.tools.log.debug(error.message)
    );
    return { path, ...kept };
  }
}

/** All that is known of a file's SHA-256. */
function digitsOf(wanted: RemoteFile, record: FileRecord | undefined): Digits {
  const first = record?.sha256;
  return { ...knownDigits(wanted), ...first !== undefined && { first } };
}

/** @throws what `check` does, once `undo` is done */
async function witnessOr<T>(
  check: () => T,
  undo: () => Promise<void>,
): Promise<T> {
  try {
    return check();
  } catch (error) {
    await undo();
    throw error;
  }
}

/**
 * Where a person has a file: in a folder under its own name, or in a file.
 *
 * @throws {UserError} where it is not there
 */
async function sourceOf(
  { name, file }: RemoteFile,
  from: string,
): Promise<string> {
  const action = `Cannot get "${name}" from "${from}"`;
  try {
    if (!(await Deno.stat(from)).isDirectory) return from;
  } catch (error) {
    throw ioError(error, action);
  }
  const path = join(from, file);
  if (await exists(path)) return path;
  throw new UserError(`${action}: expected "${file}" there, found nothing`);
}
