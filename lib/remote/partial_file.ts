import { basename, dirname, join } from "node:path";
import {
  ioError,
  parseJson,
  syncFolder,
  writeTextAtomic,
  writeWhole,
} from "../artifact/mod.ts";
import type { Version } from "./answer.ts";

/** Time between two flushes to the device: what a power cut may cost. */
const FLUSH_MS = 2_000;

/** What a full device gets back, so that a part can be noted. */
const GIVEN_BACK_BYTES = 1_000_000;

/** What is known of a part of a file. */
interface State {
  /** Where it is from. */
  readonly url: string;
  readonly version: Version;
  /** Bytes that are on the device. */
  readonly written: number;
}

/**
 * A file that grows beside its place, over as many runs as it takes: `.NAME.partial`,
 * with `.NAME.partial.json` that says of what it is a part. Only bytes that were
 * flushed count, since a power cut leaves holes in others.
 */
export class PartialFile {
  /** Bytes that are there. */
  written = 0;
  /** Of which the file is a part; nothing is there yet without it. */
  version: Version | undefined;
  private readonly place: string;
  private readonly url: string;
  private readonly file: Deno.FsFile;
  private flushedMs = performance.now();

  private constructor(
    place: string,
    { url, file }: { readonly url: string; readonly file: Deno.FsFile },
  ) {
    this.place = place;
    this.url = url;
    this.file = file;
  }

  /**
   * Opens what an earlier run has left of a file, or an empty one.
   *
   * @param place where the whole file goes
   * @param url where it is from: a part from elsewhere is thrown away
   * @throws {UserError} where it cannot be written
   */
  static async open(place: string, url: string): Promise<PartialFile> {
    try {
      const path = partialPath(place);
      const options = { read: true, write: true, create: true };
      const file = await Deno.open(path, options);
      const partial = new PartialFile(place, { url, file });
      const state = await readState(path);
      const { size } = await file.stat();
      if (state?.url === url && state.written <= size) {
        partial.version = state.version;
        partial.written = state.written;
      }
      await file.truncate(partial.written);
      return partial;
    } catch (error) {
      throw ioError(error, `Cannot write "${place}"`);
    }
  }

  /** Path of the part, while it is one. */
  get path(): string {
    return partialPath(this.place);
  }

  /** Begins anew, with a version of the file of which nothing is there yet. */
  async begin(version: Version | undefined): Promise<void> {
    this.version = version;
    this.written = 0;
    await this.file.truncate(0);
    await this.flush();
  }

  /** @throws {UserError} where the device is full or fails */
  async append(bytes: Uint8Array): Promise<void> {
    try {
      await this.file.seek(this.written, Deno.SeekMode.Start);
      await writeWhole(this.file, bytes);
      this.written += bytes.length;
      if (performance.now() - this.flushedMs > FLUSH_MS) await this.flush();
    } catch (error) {
      await this.giveBack();
      throw ioError(error, `Cannot write "${this.path}"`);
    }
  }

  /** Makes room on a full device for the note of what is there. */
  private async giveBack(): Promise<void> {
    this.written = Math.max(0, this.written - GIVEN_BACK_BYTES);
    await this.file.truncate(this.written).catch(() => {});
  }

  /**
   * Makes what was written last safe from power cuts.
   *
   * @throws {UserError} where the device is full or fails
   */
  async flush(): Promise<void> {
    try {
      await this.file.sync();
      this.flushedMs = performance.now();
      const { url, version, written } = this;
      if (version === undefined) return await removeIfThere(stateOf(this.path));
      const state: State = { url, version, written };
      await writeTextAtomic(stateOf(this.path), JSON.stringify(state));
    } catch (error) {
      throw ioError(error, `Cannot write "${this.path}"`);
    }
  }

  /** Moves the whole file to its place. */
  async commit(): Promise<void> {
    try {
      await this.file.sync();
      await Deno.rename(this.path, this.place);
      await syncFolder(dirname(this.place));
      await removeIfThere(stateOf(this.path));
    } catch (error) {
      throw ioError(error, `Cannot write "${this.place}"`);
    }
  }

  /** Removes what is there. */
  async discard(): Promise<void> {
    await removeIfThere(stateOf(this.path));
    await removeIfThere(this.path);
  }

  /** Lets the file go; what is there stays. */
  close(): void {
    this.file.close();
  }
}

/** Bytes of a file that an earlier run has left, of how many; if there are any. */
export async function partOf(
  place: string,
): Promise<{ readonly written: number; readonly bytes: number } | undefined> {
  const state = await readState(partialPath(place));
  return state && { written: state.written, bytes: state.version.bytes };
}

function partialPath(place: string): string {
  return join(dirname(place), `.${basename(place)}.partial`);
}

function stateOf(partial: string): string {
  return `${partial}.json`;
}

async function removeIfThere(path: string): Promise<void> {
  await Deno.remove(path).catch((error: unknown) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
}

/** What an earlier run has noted; nothing where it is missing or damaged. */
async function readState(partial: string): Promise<State | undefined> {
  try {
    const text = await Deno.readTextFile(stateOf(partial));
    const value = parseJson(text) as { [K in keyof State]?: Partial<State[K]> };
    const { url, version, written } = value;
    const isState = typeof url === "string" && isVersion(version) &&
      isCount(written) && written <= version.bytes;
    return isState ? { url, version, written } : undefined;
  } catch {
    return undefined;
  }
}

function isVersion(value: Partial<Version> | undefined): value is Version {
  const { bytes, sha256 = "", validator = "" } = value ?? {};
  return isCount(bytes) && typeof sha256 === "string" &&
    typeof validator === "string";
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
