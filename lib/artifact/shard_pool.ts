import type { SafetensorsReader } from "./safetensors_reader.ts";

/** Files that are open at once: a batch reads rows of many shards. */
const MOST_OPEN = 128;

interface Opened {
  readonly reader: Promise<SafetensorsReader>;
  /** Reads that are under way. */
  users: number;
}

/**
 * Shards that are opened when they are read. Those that were read last stay
 * open; where too many are being read, the next one waits.
 */
export class ShardPool {
  private readonly openShard: (shard: number) => Promise<SafetensorsReader>;
  private readonly most: number;
  /** Those that were read last stand last. */
  private readonly opened = new Map<number, Opened>();
  private readonly waiting: (() => void)[] = [];

  constructor(
    openShard: (shard: number) => Promise<SafetensorsReader>,
    { most = MOST_OPEN }: { readonly most?: number } = {},
  ) {
    this.openShard = openShard;
    this.most = most;
  }

  /** Reads from a shard, which stays open as long as that takes. */
  async use<T>(
    shard: number,
    read: (reader: SafetensorsReader) => Promise<T>,
  ): Promise<T> {
    const opened = await this.take(shard);
    try {
      return await read(await opened.reader);
    } finally {
      opened.users--;
      this.waiting.shift()?.();
    }
  }

  /** Lets all files go. */
  close(): void {
    for (const shard of [...this.opened.keys()]) this.drop(shard);
  }

  private async take(shard: number): Promise<Opened> {
    for (;;) {
      const found = this.opened.get(shard);
      if (found !== undefined || this.makeRoom()) {
        const opened = found ??
          { reader: this.openShard(shard), users: 0 };
        if (found === undefined) {
          // One that does not open is tried again by who asks next.
          opened.reader.catch(() => this.opened.delete(shard));
        }
        this.opened.delete(shard);
        this.opened.set(shard, opened);
        opened.users++;
        return opened;
      }
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  /** Whether one more may be open, closing the one that was not read longest. */
  private makeRoom(): boolean {
    if (this.opened.size < this.most) return true;
    for (const [shard, { users }] of this.opened) {
      if (users > 0) continue;
      this.drop(shard);
      return true;
    }
    return false;
  }

  private drop(shard: number): void {
    const { reader } = this.opened.get(shard)!;
    this.opened.delete(shard);
    reader.then((opened) => opened.close(), () => {});
  }
}
