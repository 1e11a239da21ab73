import type { ReadBytes } from "./model_bytes.ts";
import { bytesOf, type Shard, type WebModel } from "./web_model.ts";

/** Shards that are read at once. */
const AT_ONCE = 4;

/** Where the bytes of shards come from. */
export interface ShardSource {
  /** The bytes of a shard, unchecked. */
  read(
    shard: Shard,
    options: { onBytes(count: number): void; signal: AbortSignal },
  ): Promise<Blob>;
  /** Keeps a checked shard for next time. */
  keep(shard: Shard, blob: Blob): Promise<void>;
  /** Forgets a shard that is damaged; whether it was kept, and another read may help. */
  forget(shard: Shard): Promise<boolean>;
}

/** How the reading of a model goes. */
export interface LoadOptions {
  /** Called as bytes arrive. */
  onProgress(bytes: number, total: number): void;
  readonly signal: AbortSignal;
}

/**
 * All shards of a model, checked; a few are read at once.
 *
 * @throws {Error} naming the shard that cannot be read, or is not what the
 *   description says
 */
export async function loadShards(
  model: WebModel,
  source: ShardSource,
  { onProgress, signal }: LoadOptions,
): Promise<ReadBytes> {
  const { shards } = model;
  const total = bytesOf(model);
  const blobs: Blob[] = [];
  let done = 0;
  const advance = (count: number) => onProgress(done += count, total);
  const waiting = shards.entries();
  async function readNext(): Promise<void> {
    for (const [i, shard] of waiting) {
      blobs[i] = await checked(shard, source, { onBytes: advance, signal });
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, readNext));
  return readerOf(shards, blobs);
}

async function checked(
  shard: Shard,
  source: ShardSource,
  options: Parameters<ShardSource["read"]>[1],
): Promise<Blob> {
  const blob = await source.read(shard, options);
  if (await isWhole(shard, blob)) {
    await source.keep(shard, blob);
    return blob;
  }
  options.onBytes(-blob.size);
  if (await source.forget(shard)) return await checked(shard, source, options);
  throw new Error(
    `Cannot use "${shard.file}": expected ${shard.bytes} bytes with SHA-256 ` +
      `${shard.sha256}, found ${blob.size} others`,
  );
}

async function isWhole({ bytes, sha256 }: Shard, blob: Blob): Promise<boolean> {
  if (blob.size !== bytes) return false;
  return await digestOf(blob) === sha256;
}

async function digestOf(blob: Blob): Promise<string> {
  const bytes = await blob.arrayBuffer();
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return Array.from(
    new Uint8Array(digest),
    (byte) => byte.toString(16).padStart(2, "0"),
  ).join("");
}

/** Reads of all shards end to end: blobs may lie on the disk until they are read. */
function readerOf(
  shards: readonly Shard[],
  blobs: readonly Blob[],
): ReadBytes {
  return async (start, stop) => {
    const parts: Blob[] = [];
    let first = 0;
    for (const [i, { bytes }] of shards.entries()) {
      const from = Math.max(0, start - first);
      const to = Math.min(bytes, stop - first);
      if (from < to) parts.push(blobs[i]!.slice(from, to));
      first += bytes;
    }
    return await new Blob(parts).arrayBuffer();
  };
}
