import { basename, dirname, join } from "node:path";
import { parseJson, writeTextAtomic } from "../artifact/mod.ts";
import type { Witness } from "./digits.ts";

/** What is remembered of a file, also when it is gone. */
export interface FileRecord {
  /** Where it was from. */
  readonly from: string;
  readonly bytes: number;
  readonly sha256: string;
  /** The surest who said the digest when the file came. */
  readonly witness: Witness;
  /** As long as it stays the same, so does the content. */
  readonly stamp: string;
}

/** Size, time and inode of a file. */
export function stampOf({ size, mtime, ino }: Deno.FileInfo): string {
  return `${size} ${mtime?.getTime() ?? 0} ${ino ?? 0}`;
}

/** What is remembered of a file; nothing where that is missing or damaged. */
export async function readRecord(
  path: string,
): Promise<FileRecord | undefined> {
  try {
    const text = await Deno.readTextFile(recordPath(path));
    const record = parseJson(text) as Partial<FileRecord>;
    const isRecord = /^[0-9a-f]{64}$/.test(record.sha256 ?? "") &&
      typeof record.bytes === "number" && typeof record.stamp === "string";
    return isRecord ? record as FileRecord : undefined;
  } catch {
    return undefined;
  }
}

/** @throws {UserError} where it cannot be written */
export async function writeRecord(
  path: string,
  record: FileRecord,
): Promise<void> {
  await writeTextAtomic(recordPath(path), JSON.stringify(record, null, 1));
}

function recordPath(path: string): string {
  return join(dirname(path), `.${basename(path)}.json`);
}
