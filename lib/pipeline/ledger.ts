import { relative } from "node:path";
import {
  digestBytes,
  digestFile,
  ioError,
  writeTextAtomic,
} from "../artifact/mod.ts";
import { isRecord, type RecipeMetadata } from "./recipe.ts";

/**
 * What is known of a file as long as size, time and inode stay the same, or of
 * a folder as long as names and sizes in it do.
 */
interface Entry {
  readonly size: number;
  readonly mtimeMs: number;
  readonly ino: number;
  readonly sha256: string;
  /** Recipe of a file that cannot carry it itself. */
  readonly made?: RecipeMetadata;
}

/**
 * Remembers digests and recipes of the files around a run folder, so that a
 * finished run is found finished without reading gigabytes again.
 *
 * Losing the ledger loses time, never truth.
 */
export class Ledger {
  private readonly folder: string | undefined;
  private readonly entries: Map<string, Entry>;
  private dirty = false;

  private constructor(
    folder: string | undefined,
    entries: Map<string, Entry>,
  ) {
    this.folder = folder;
    this.entries = entries;
  }

  /**
   * Reads the ledger of a run folder; a missing or broken one is empty. Without
   * a folder it remembers as long as the process runs.
   */
  static async open(folder: string | undefined): Promise<Ledger> {
    if (folder === undefined) return new Ledger(folder, new Map());
    const text = await Deno.readTextFile(ledgerPath(folder)).catch(() => "{}");
    return new Ledger(folder, new Map(parseEntries(text)));
  }

  /** SHA-256 of a file, read only where the file is not known. */
  async digest(path: string): Promise<string> {
    const known = await this.known(path);
    if (known !== undefined) return known.sha256;
    return (await this.record(path)).sha256;
  }

  /** The recipe recorded for a file that is unchanged since. */
  async recipeOf(path: string): Promise<RecipeMetadata | undefined> {
    return (await this.known(path))?.made;
  }

  /** Digests a file that was just written and records who made it. */
  async record(path: string, made?: RecipeMetadata): Promise<Entry> {
    const before = await Deno.stat(path).catch((error) => {
      throw ioError(error, `Cannot read "${path}"`);
    });
    const sha256 = before.isDirectory
      ? await digestFolder(path)
      : await digestFile(path);
    const entry = { ...stamp(before), sha256, ...(made && { made }) };
    this.entries.set(this.key(path), entry);
    this.dirty = true;
    return entry;
  }

  /**
   * Writes the ledger where something changed.
   *
   * @throws {UserError} where it cannot be written
   */
  async save(): Promise<void> {
    if (!this.dirty || this.folder === undefined) return;
    const files = Object.fromEntries(this.entries);
    const path = ledgerPath(this.folder);
    await writeTextAtomic(path, JSON.stringify({ files }, null, 1));
    this.dirty = false;
  }

  private async known(path: string): Promise<Entry | undefined> {
    const entry = this.entries.get(this.key(path));
    if (entry === undefined) return undefined;
    const info = await Deno.stat(path).catch(() => undefined);
    if (info === undefined) return undefined;
    if (info.isDirectory) {
      return await digestFolder(path) === entry.sha256 ? entry : undefined;
    }
    const { size, mtimeMs, ino } = stamp(info);
    const same = entry.size === size && entry.mtimeMs === mtimeMs &&
      entry.ino === ino;
    return same ? entry : undefined;
  }

  private key(path: string): string {
    return relative(this.folder ?? ".", path);
  }
}

/** SHA-256 of the names and sizes in a folder. */
async function digestFolder(path: string): Promise<string> {
  const lines: string[] = [];
  for await (const { name } of Deno.readDir(path)) {
    const { size } = await Deno.stat(`${path}/${name}`);
    lines.push(`${name} ${size}`);
  }
  return digestBytes(lines.sort().join("\n"));
}

function ledgerPath(folder: string): string {
  return `${folder}/.spherear/ledger.json`;
}

function stamp(info: Deno.FileInfo): Omit<Entry, "sha256"> {
  const { size, mtime, ino } = info;
  return { size, mtimeMs: mtime?.getTime() ?? 0, ino: ino ?? 0 };
}

function parseEntries(text: string): [string, Entry][] {
  try {
    const value: unknown = JSON.parse(text);
    if (!isRecord(value) || !isRecord(value.files)) return [];
    const entries = Object.entries(value.files);
    return entries.filter((pair): pair is [string, Entry] => isEntry(pair[1]));
  } catch {
    return [];
  }
}

function isEntry(value: unknown): value is Entry {
  return isRecord(value) && typeof value.size === "number" &&
    typeof value.mtimeMs === "number" && typeof value.ino === "number" &&
    typeof value.sha256 === "string";
}
