/** Anything that is open until it is closed. */
interface Closable {
  close(): void;
}

interface Opened<V> {
  readonly value: Promise<V>;
  /** Reads that are under way. */
  users: number;
  /** Whether nobody else gets it. */
  forgotten: boolean;
}

/**
 * Files that are opened when they are read. Those that were read last stay
 * open; where too many are being read, the next one waits.
 */
export class OpenPool<K, V extends Closable> {
  private readonly open: (key: K) => Promise<V>;
  private readonly most: number;
  /** Those that were read last stand last. */
  private readonly opened = new Map<K, Opened<V>>();
  private readonly waiting: (() => void)[] = [];

  /** @param options.most how many are open at once */
  constructor(
    open: (key: K) => Promise<V>,
    { most }: { readonly most: number },
  ) {
    this.open = open;
    this.most = most;
  }

  /**
   * Reads from a file, which stays open as long as that takes. One that fails is
   * opened again by who asks next.
   */
  async use<T>(key: K, read: (value: V) => Promise<T>): Promise<T> {
    const opened = await this.take(key);
    try {
      return await read(await opened.value);
    } catch (error) {
      this.forget(key, opened);
      throw error;
    } finally {
      opened.users--;
      if (opened.forgotten) closeUnused(opened);
      this.waiting.shift()?.();
    }
  }

  /** Lets all files go, those that are being read when that is over. */
  close(): void {
    for (const [key, opened] of this.opened) {
      this.forget(key, opened);
      closeUnused(opened);
    }
  }

  private async take(key: K): Promise<Opened<V>> {
    for (;;) {
      const found = this.opened.get(key);
      if (found !== undefined || this.makeRoom()) {
        const opened = found ??
          { value: this.open(key), users: 0, forgotten: false };
        this.opened.delete(key);
        this.opened.set(key, opened);
        opened.users++;
        return opened;
      }
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  /** Whether one more may be open, closing the one that was not read longest. */
  private makeRoom(): boolean {
    if (this.opened.size < this.most) return true;
    for (const [key, opened] of this.opened) {
      if (opened.users > 0) continue;
      this.forget(key, opened);
      closeUnused(opened);
      return true;
    }
    return false;
  }

  private forget(key: K, opened: Opened<V>): void {
    if (this.opened.get(key) === opened) this.opened.delete(key);
    opened.forgotten = true;
  }
}

/** Closes a file that nobody reads. */
function closeUnused<V extends Closable>({ value, users }: Opened<V>): void {
  if (users > 0) return;
  value.then((open) => open.close(), () => {});
}
