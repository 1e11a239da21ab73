import { openFile } from "../../artifact/mod.ts";
import { BLOCK } from "./block_window.ts";
import { parseHeader } from "./header.ts";

/** Headers that are looked at: names of folders may come before files. */
const MOST_HEADERS = 64;

/**
 * Name of the first file in a tar archive, read from its first headers alone;
 * undefined where there is none among them, or it is no archive.
 *
 * @throws {UserError} when it cannot be read
 */
export async function firstFile(path: string): Promise<string | undefined> {
  const source = await openFile(path);
  try {
    const block = new Uint8Array(BLOCK);
    let start = 0;
    for (let i = 0; i < MOST_HEADERS && start + BLOCK <= source.size; i++) {
      await source.readInto(block, start);
      const header = parseHeader(block);
      if (header?.size === undefined) return undefined;
      if (header.type === "0" || header.type === "\0") return header.name;
      start += BLOCK * (1 + Math.ceil(header.size / BLOCK));
    }
    return undefined;
  } finally {
    source.close();
  }
}
