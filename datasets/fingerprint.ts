import { createHash } from "node:crypto";
import { join } from "node:path";
import { digestFile } from "../lib/artifact/mod.ts";
import type { DatasetEntry } from "./dataset.ts";
import { inOrder } from "./in_order.ts";

/** SHA-256 over the names and the contents of a folder's pictures. */
export async function folderFingerprint(
  folder: string,
  entries: readonly DatasetEntry[],
): Promise<string> {
  const hash = createHash("sha256");
  async function line({ id }: DatasetEntry): Promise<string> {
    return `${id}\n${await digestFile(join(folder, id))}\n`;
  }
  for await (const text of inOrder(entries, line)) hash.update(text);
  return hash.digest("hex");
}
