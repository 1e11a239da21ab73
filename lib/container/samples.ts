import { createHash } from "node:crypto";
import { basename } from "node:path";
import { openFile } from "../artifact/mod.ts";

/** Bytes of a sample. */
const SAMPLE_BYTES = 64 * 1024;

/**
 * SHA-256 over names, sizes and samples of files, in seconds for archives of
 * any size: whole where they are small, else some pieces of 64 kB from the first
 * byte to the last. A change that keeps the size and misses every sample is not
 * seen.
 *
 * @param options.samples pieces that are taken of a large file; 64 unless given
 * @throws {UserError} when one cannot be read
 */
export async function sampledFingerprint(
  paths: readonly string[],
  { samples = 64 }: { readonly samples?: number } = {},
): Promise<string> {
  const hash = createHash("sha256");
  for (const path of paths) {
    const source = await openFile(path);
    try {
      hash.update(`${basename(path)}\n${source.size}\n`);
      const last = Math.max(source.size - SAMPLE_BYTES, 0);
      const count = source.size <= samples * SAMPLE_BYTES
        ? Math.ceil(source.size / SAMPLE_BYTES)
        : samples;
      for (let sample = 0; sample < count; sample++) {
        const at = count === 1 ? 0 : Math.floor(last * sample / (count - 1));
        const bytes = new Uint8Array(Math.min(SAMPLE_BYTES, source.size - at));
        await source.readInto(bytes, at);
        hash.update(bytes);
      }
    } finally {
      source.close();
    }
  }
  return hash.digest("hex");
}
