import { join, relative } from "node:path";
import {
  digestBytes,
  digestFile,
  ioError,
  parseJson,
  writeTextAtomic,
} from "../artifact/mod.ts";
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

interface Contents {
  readonly entries: Map<string, Entry>;
  /** Stages that were about to write a file, by its path. */
  readonly owners: Map<string, string>;
}

/**
 * Remembers digests and recipes of the files around a run folder, so that a
 * finished run is found finished without reading gigabytes again, and a file
 * that changed behind a stage's back is noticed.
 */
export class Ledger {
  private readonly folder: string | undefined;
  private readonly entries: Map<string, Entry>;
  private readonly owners: Map<string, string>;
  private dirty = false;

  private constructor(
    folder: string | undefined,
    { entries, owners }: Contents,
  ) {
    this.folder = folder;
    this.entries = entries;
    this.owners = owners;
  }

  /**
   * Reads the ledger of a run folder; a missing or broken one is empty. Without
   * a folder it remembers as long as the process runs.
   */
  static async open(folder: string | undefined): Promise<Ledger> {
    const text = folder === undefined
      ? "{}"
      : await Deno.readTextFile(ledgerPath(folder)).catch(() => "{}");
    return new Ledger(folder, parseContents(text));
  }

  /** SHA-256 of a file or folder, read only where it is not known. */
  async digest(path: string): Promise<string> {
    const entry = this.entries.get(this.key(path));
    const stamp = await stampOf(path);
    if (entry?.stamp === stamp) return entry.sha256;
    const sha256 = await digestOf(path);
    this.set(path, { ...entry, stamp, sha256 });
    return sha256;
  }

  /** Whether a file is no longer what a stage wrote; false where that is not known. */
  async isChanged(path: string): Promise<boolean> {
    const written = this.entries.get(this.key(path))?.written;
    return written !== undefined && await this.digest(path) !== written;
  }

  /** The recipe recorded for a file that cannot carry it. */
  recipeOf(path: string): RecipeMetadata | undefined {
    return this.entries.get(this.key(path))?.made;
  }

  /** The stage that last was about to write a file. */
  ownerOf(path: string): string | undefined {
    return this.owners.get(this.key(path));
  }

  /** Notes before the work who writes a file: a killed stage may replace it. */
  claim(path: string, stage: string): void {
    this.owners.set(this.key(path), stage);
    this.dirty = true;
  }

  /** Digests a file that a stage has just written and records who made it. */
  async record(path: string, made?: RecipeMetadata): Promise<void> {
    const stamp = await stampOf(path);
    const sha256 = await digestOf(path);
    this.set(path, { stamp, sha256, written: sha256, ...made && { made } });
  }

  /**
   * Writes the ledger where something changed.
   *
   * @throws {UserError} where it cannot be written
   */
  async save(): Promise<void> {
    if (!this.dirty || this.folder === undefined) return;
    const files = Object.fromEntries(this.entries);
    const owners = Object.fromEntries(this.owners);
    const path = ledgerPath(this.folder);
    await writeTextAtomic(path, JSON.stringify({ files, owners }, null, 1));
    this.dirty = false;
  }

  private set(path: string, entry: Entry): void {
    this.entries.set(this.key(path), entry);
    this.dirty = true;
  }

  private key(path: string): string {
    return relative(this.folder ?? ".", path);
  }
}

/** Size, time and inode of a file; for a folder, of all files in it. */
async function stampOf(path: string): Promise<string> {
  try {
    const info = await Deno.stat(path);
    if (!info.isDirectory) return stampText(info);
    const files = await filesIn(path);
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
async function digestOf(path: string): Promise<string> {
  const { isDirectory } = await Deno.stat(path);
  if (!isDirectory) return await digestFile(path);
  const lines: string[] = [];
  for (const name of await filesIn(path)) {
    lines.push(`${name} ${await digestFile(join(path, name))}`);
  }
  return digestBytes(lines.join("\n"));
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

/** A ledger's text; a broken one holds nothing. */
function parseContents(text: string): Contents {
  try {
    const value: unknown = parseJson(text);
    const { files, owners } = isRecord(value) ? value : {};
    return {
      entries: new Map(entriesOf(files).filter(isEntry)),
      owners: new Map(entriesOf(owners).filter(isName)),
    };
  } catch {
    return { entries: new Map(), owners: new Map() };
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
