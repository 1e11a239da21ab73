import type { Shard } from "./web_model.ts";
import type { ShardSource } from "./shard_blobs.ts";

/** Name of the browser's cache that models lie in. */
const CACHE = "spherear-models";

/** Times that a shard is asked for before its failure is told. */
const ATTEMPTS = 3;

/** Shards that lie beside a page, and stay in the browser's cache once they were read. */
export class SiteShards implements ShardSource {
  readonly #base: string;

  /** @param base address of the model's description */
  constructor(base: string) {
    this.#base = base;
  }

  async read(
    shard: Shard,
    options: Parameters<ShardSource["read"]>[1],
  ): Promise<Blob> {
    const kept = await (await caches.open(CACHE)).match(this.#address(shard));
    if (kept === undefined) return await this.#download(shard, options);
    const blob = await kept.blob();
    options.onBytes(blob.size);
    return blob;
  }

  async keep(shard: Shard, blob: Blob): Promise<void> {
    const cache = await caches.open(CACHE);
    const address = this.#address(shard);
    if (await cache.match(address) !== undefined) return;
    // Without room the model is read again next time.
    await cache.put(address, new Response(blob)).catch(() => {});
  }

  async forget(shard: Shard): Promise<boolean> {
    return await (await caches.open(CACHE)).delete(this.#address(shard));
  }

  async #download(
    shard: Shard,
    { onBytes, signal }: Parameters<ShardSource["read"]>[1],
  ): Promise<Blob> {
    for (let attempt = 1;; attempt++) {
      let count = 0;
      const counted = (bytes: number) => {
        count += bytes;
        onBytes(bytes);
      };
      try {
        return await download(this.#address(shard), counted, { signal });
      } catch (error) {
        onBytes(-count);
        if (signal.aborted || attempt === ATTEMPTS) throw error;
      }
    }
  }

  #address({ file }: Shard): string {
    return new URL(file, this.#base).href;
  }
}

/** Whether the browser holds shards of a model, and all of them. */
export async function keptShards(
  shards: readonly Shard[],
  base: string,
): Promise<"none" | "some" | "all"> {
  const cache = await caches.open(CACHE);
  let kept = 0;
  for (const { file } of shards) {
    if (await cache.match(new URL(file, base).href) !== undefined) kept++;
  }
  return kept === 0 ? "none" : kept === shards.length ? "all" : "some";
}

/** Removes every model from the browser's storage. */
export async function evictModels(): Promise<void> {
  await caches.delete(CACHE);
}

async function download(
  address: string,
  onBytes: (count: number) => void,
  { signal }: { readonly signal: AbortSignal },
): Promise<Blob> {
  // What the cache of shards holds need not lie in the browser's other one.
  const response = await fetch(address, { signal, cache: "no-store" });
  if (!response.ok || response.body === null) {
    throw new Error(`Cannot read "${address}": status ${response.status}`);
  }
  const chunks: BlobPart[] = [];
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return new Blob(chunks);
    chunks.push(value);
    onBytes(value.length);
  }
}
