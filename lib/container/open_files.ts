import { type ByteSource, openFile, UserError } from "../artifact/mod.ts";

/** Most files that stay open unread; systems allow some hundreds. */
const MOST_OPEN = 64;

/** Bytes of a file. */
export interface FileRange {
  /** First byte. */
  readonly offset: number;
  /** Number of bytes. */
  readonly length: number;
  /** Bytes that the whole file must have; any number unless given. */
  readonly size?: number;
}

/** An open file, and how many reads of it are in work. */
interface OpenEntry {
  readonly source: Promise<ByteSource>;
  readers: number;
  forgotten: boolean;
}

/** Files that are opened when they are read; the last ones stay open. */
export class OpenFiles {
  private readonly entries = new Map<string, OpenEntry>();

  /**
   * Reads a range of a file.
   *
   * @throws {UserError} when the file cannot be read, ends before, or has
   *   another size than it must have
   */
  async read(
    path: string,
    { offset, length, size }: FileRange,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const entry = this.entry(path);
    entry.readers++;
    try {
      const source = await entry.source;
      if ((size ?? source.size) !== source.size) {
        throw new UserError(
          `Cannot read "${path}": expected ${size} bytes, found ${source.size}`,
        );
      }
      const bytes = new Uint8Array(length);
      await source.readInto(bytes, offset);
      return bytes;
    } catch (error) {
      this.forget(path, entry);
      throw error;
    } finally {
      entry.readers--;
      if (entry.forgotten) closeUnread(entry);
    }
  }

  /** Lets the files go. */
  close(): void {
    for (const [path, entry] of this.entries) this.forget(path, entry);
  }

  /** The entry of a file, which moves to the end of those that were used. */
  private entry(path: string): OpenEntry {
    const entry = this.entries.get(path) ??
      { source: openFile(path), readers: 0, forgotten: false };
    this.entries.delete(path);
    this.entries.set(path, entry);
    if (this.entries.size > MOST_OPEN) {
      const [oldest, unused] = this.entries.entries().next().value!;
      this.forget(oldest, unused);
    }
    return entry;
  }

  private forget(path: string, entry: OpenEntry): void {
    if (entry.forgotten) return;
    this.entries.delete(path);
    entry.forgotten = true;
    closeUnread(entry);
  }
}

/** Closes a file of which no read is in work. */
function closeUnread({ source, readers }: OpenEntry): void {
  if (readers > 0) return;
  source.then((open) => open.close(), () => {});
}
