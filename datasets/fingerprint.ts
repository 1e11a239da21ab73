import { createHash } from "node:crypto";
import { digestBytes } from "../lib/artifact/mod.ts";
import type { EncodedPictures } from "./encoded.ts";
import { inOrder } from "./in_order.ts";

/** SHA-256 over the names and the contents of a folder's pictures. */
export async function folderFingerprint(
  pictures: EncodedPictures,
): Promise<string> {
  const hash = createHash("sha256");
  async function line(index: number): Promise<string> {
    const digest = digestBytes(await pictures.bytes(index));
    return `${pictures.id(index)}\n${digest}\n`;
  }
  const indices = Array(pictures.count).keys();
  for await (const text of inOrder(indices, line)) hash.update(text);
  return hash.digest("hex");
}

/** SHA-256 over the names and sizes of pictures that have files of their own. */
export function listFingerprint(pictures: EncodedPictures): string {
  const hash = createHash("sha256");
  for (let index = 0; index < pictures.count; index++) {
    hash.update(`${pictures.id(index)}\n${pictures.place(index)!.length}\n`);
  }
  return hash.digest("hex");
}
