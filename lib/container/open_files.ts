import {
  type ByteSource,
  openFile,
  OpenPool,
  UserError,
} from "../artifact/mod.ts";

/** Most files that stay open; systems allow some hundreds. */
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

/** Files that are opened when they are read; the last ones stay open. */
export class OpenFiles {
  private readonly pool = new OpenPool<string, ByteSource>(
    (path) => openFile(path),
    { most: MOST_OPEN },
  );

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
    return await this.use(path, async (source) => {
      if ((size ?? source.size) !== source.size) {
        throw new UserError(
          `Cannot read "${path}": expected ${size} bytes, found ${source.size}`,
        );
      }
      const bytes = new Uint8Array(length);
      await source.readInto(bytes, offset);
      return bytes;
    });
  }

  /**
   * Reads from a file as a function does.
   *
   * @throws {UserError} when it cannot be opened
   */
  async use<T>(
    path: string,
    read: (source: ByteSource) => Promise<T>,
  ): Promise<T> {
    return await this.pool.use(path, read);
  }

  /** Lets the files go. */
  close(): void {
    this.pool.close();
  }
}
