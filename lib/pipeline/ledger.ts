import { join, relative } from "node:path";
import {
  digestBytes,
  digestFile,
  digestFiles,
  exists,
  ioError,
  parseJson,
  sweepLeftovers,
  writeTextAtomic,
} from "../artifact/mod.ts";
import { isKept } from "./kept_file.ts";
import { isRecord, type RecipeMetadata } from "./recipe.ts";

/** What is known of a file or a folder of files. */
interface Entry {
  /** As long as it stays the same, so does the content. */
  readonly stamp: string;
  readonly sha256: string;
  /** The digest when a stage wrote it, which later ones are held against. */
  readonly written?: string;
  /** Recipe of a file that cannot carry it itself. */
  readonly made?: RecipeMetadata;
}

class Contents {
  readonly entries: Map<string, Entry>;
  /** Stages that were about to write a file, by its path; none where they gave up. */
  readonly owners: Map<string, string | undefined>;

  constructor(
    entries: Iterable<[string, Entry]> = [],
    owners: Iterable<[string, string | undefined]> = [],
  ) {
    this.entries = new Map(entries);
    this.owners = new Map(owners);
  }

  /** These, with newer ones in their place. */
  with(newer: Contents): Contents {
    return new Contents(
      [...this.entries, ...newer.entries],
      [...this.owners, ...newer.owners],
    );
  }
}

/**
 * Remembers digests and recipes of the files around a run folder, so that a
 * finished run is found finished without reading gigabytes again, and a file
 * that changed behind a stage's back is noticed.
 */
export class Ledger {
  private readonly folder: string | undefined;
  private contents: Contents;
  /** What this process has learned since it saved. */
  private news = new Contents();

  private constructor(folder: string | undefined, contents: Contents) {
    this.folder = folder;
    this.contents = contents;
  }

  /**
   * Reads the ledger of a run folder; a missing or broken one is empty. Without
   * a folder it remembers as long as the process runs.
   */
  static async open(folder: string | undefined): Promise<Ledger> {
    if (folder === undefined) return new Ledger(folder, new Contents());
    // A run that has nothing to note saves no ledger, which would sweep too.
    await sweepLeftovers(ledgerPath(folder)).catch(() => {});
    return new Ledger(folder, await readContents(folder));
  }

  /**
   * SHA-256 of a file or folder, read only where it is not known.
   *
   * @param files names of those that count in a folder; all unless given
   */
  async digest(path: string, files?: readonly string[]): Promise<string> {
    const entry = this.entry(path);
    const stamp = await stampOf(path, files);
    if (entry?.stamp === stamp) return entry.sha256;
    const sha256 = await digestOf(path, files);
    this.set(path, { ...entry, stamp, sha256 });
    return sha256;
  }

  /** Whether a file is no longer what a stage wrote; false where that is not known. */
  async isChanged(path: string): Promise<boolean> {
    const written = this.entry(path)?.written;
    return written !== undefined && await this.digest(path) !== written;
  }

  /** The recipe recorded for a file that cannot carry it. */
  recipeOf(path: string): RecipeMetadata | undefined {
    return this.entry(path)?.made;
  }

  /** The stage that last was about to write a file. */
  ownerOf(path: string): string | undefined {
    const key = this.key(path);
    const { owners } = this.news.owners.has(key) ? this.news : this.contents;
    return owners.get(key);
  }

  /** Notes before the work who writes a file: a killed stage may replace it. */
  claim(path: string, stage: string): void {
    this.news.owners.set(this.key(path), stage);
  }

  /** Takes a claim back where nothing was written: what comes there is of others. */
  release(path: string): void {
    this.news.owners.set(this.key(path), undefined);
  }

  /** Digests a file that a stage has just written and records who made it. */
  async record(path: string, made?: RecipeMetadata): Promise<void> {
    const stamp = await stampOf(path);
    const sha256 = await digestOf(path);
    this.set(path, { stamp, sha256, written: sha256, ...made && { made } });
  }

  /**
   * Writes a file that cannot say itself who made it, and notes it before and
   * after, so that the stage may replace it whenever it is killed.
   *
   * @throws {UserError} where it cannot be written; a ledger that cannot be is no
   *   reason
   */
  async noting<T>(
    path: string,
    { by, write }: { readonly by: string; readonly write: () => Promise<T> },
  ): Promise<T> {
    if (!isKept(path)) return await write();
    this.claim(path, by);
    const entry = this.entry(path);
    // Killed in the middle, nobody knows whether the old one is there or the new.
    if (entry) this.set(path, { stamp: entry.stamp, sha256: entry.sha256 });
    await this.save().catch(() => {});
    try {
      const result = await write();
      await this.record(path);
      return result;
    } catch (error) {
      if (!await exists(path)) this.release(path);
      throw error;
    } finally {
      await this.save().catch(() => {});
    }
  }

  /**
   * Writes the ledger where something changed; what other processes have noted
   * in it since stays.
   *
   * @throws {UserError} where it cannot be written
   */
  async save(): Promise<void> {
    const { folder, news } = this;
    const { entries, owners } = news;
    if (entries.size + owners.size === 0 || folder === undefined) return;
    const whole = (await readContents(folder)).with(news);
    const text = JSON.stringify(
      {
        files: Object.fromEntries(whole.entries),
        owners: Object.fromEntries(whole.owners),
      },
      null,
      1,
    );
    await writeTextAtomic(ledgerPath(folder), text);
    this.contents = whole;
    this.news = new Contents();
  }

  private entry(path: string): Entry | undefined {
    const key = this.key(path);
    return this.news.entries.get(key) ?? this.contents.entries.get(key);
  }

  private set(path: string, entry: Entry): void {
    this.news.entries.set(this.key(path), entry);
  }

  private key(path: string): string {
    return relative(this.folder ?? ".", path);
  }
}

/** Size, time and inode of a file; for a folder, of files in it. */
async function stampOf(
  path: string,
  inFolder?: readonly string[],
): Promise<string> {
  try {
    const info = await Deno.stat(path);
    if (!info.isDirectory) return stampText(info);
    const files = inFolder ?? await filesIn(path);
    const lines = files.map(async (name) =>
      `${name} ${stampText(await Deno.stat(join(path, name)))}`
    );
    return digestBytes((await Promise.all(lines)).join("\n"));
  } catch (error) {
    throw ioError(error, `Cannot read "${path}"`);
  }
}

function stampText({ size, mtime, ino }: Deno.FileInfo): string {
  return `${size} ${mtime?.getTime() ?? 0} ${ino ?? 0}`;
}

/** SHA-256 of a file, or of the names and contents of the files in a folder. */
async function digestOf(
  path: string,
  files?: readonly string[],
): Promise<string> {
  const { isDirectory } = await Deno.stat(path);
  return isDirectory
    ? await digestFiles(path, files ?? await filesIn(path))
    : await digestFile(path);
}

/** Names of the files in a folder, sorted. */
async function filesIn(path: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name, isFile } of Deno.readDir(path)) {
    if (isFile) names.push(name);
  }
  return names.sort();
}

function ledgerPath(folder: string): string {
  return `${folder}/.spherear/ledger.json`;
}

/** The ledger of a run folder; a missing or broken one holds nothing. */
async function readContents(folder: string): Promise<Contents> {
  try {
    const text = await Deno.readTextFile(ledgerPath(folder));
    const value: unknown = parseJson(text);
    const { files, owners } = isRecord(value) ? value : {};
    return new Contents(
      entriesOf(files).filter(isEntry),
      entriesOf(owners).filter(isName),
    );
  } catch {
    return new Contents();
  }
}

function entriesOf(value: unknown): [string, unknown][] {
  return isRecord(value) ? Object.entries(value) : [];
}

function isEntry(pair: [string, unknown]): pair is [string, Entry] {
  const [, value] = pair;
  return isRecord(value) && typeof value.stamp === "string" &&
    typeof value.sha256 === "string";
}

function isName(pair: [string, unknown]): pair is [string, string] {
  return typeof pair[1] === "string";
}
