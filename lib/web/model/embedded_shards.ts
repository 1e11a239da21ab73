import type { Shard } from "./web_model.ts";
import type { ShardSource } from "./shard_blobs.ts";

/** Shards that came with the page. */
export class EmbeddedShards implements ShardSource {
  readonly #blobs: Readonly<Record<string, Blob>>;

  /** @param blobs shards by file name */
  constructor(blobs: Readonly<Record<string, Blob>>) {
    this.#blobs = blobs;
  }

  read(
    { file, bytes }: Shard,
    { onBytes }: Parameters<ShardSource["read"]>[1],
  ): Promise<Blob> {
    const blob = this.#blobs[file];
    if (blob === undefined) {
      return Promise.reject(new Error(`Cannot read "${file}": it is not here`));
    }
    onBytes(bytes);
    return Promise.resolve(blob);
  }

  keep(): Promise<void> {
    return Promise.resolve();
  }

  forget(): Promise<boolean> {
    return Promise.resolve(false);
  }
}
