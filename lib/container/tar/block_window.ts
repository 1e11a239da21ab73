import type { ByteSource } from "../../artifact/mod.ts";

/** Bytes of a block: headers are one, and data begins at their multiples. */
export const BLOCK = 512;

const LEAST_BYTES = 4 * 1024;
const MOST_BYTES = 1024 * 1024;
/** Blocks wanted of one window from which a larger one is read. */
const MANY = 2;

/**
 * Reads single blocks of a file by windows around them. Windows grow while many
 * blocks of each are wanted, as among small members, and shrink while one is.
 */
export class BlockWindow {
  private readonly source: ByteSource;
  private readonly buffer = new Uint8Array(MOST_BYTES);
  private start = 0;
  private end = 0;
  private size = LEAST_BYTES;
  private wanted = 0;

  /** Reads of a source, of which nothing is read yet. */
  constructor(source: ByteSource) {
    this.source = source;
  }

  /** A block that is in memory, valid until the next fill; else undefined. */
  blockAt(at: number): Uint8Array | undefined {
    if (at < this.start || at + BLOCK > this.end) return undefined;
    this.wanted++;
    const place = at - this.start;
    return this.buffer.subarray(place, place + BLOCK);
  }

  /** Reads the window that begins with a block, which lies in the source. */
  async fill(at: number): Promise<Uint8Array> {
    if (this.wanted >= MANY) this.size = Math.min(2 * this.size, MOST_BYTES);
    if (this.wanted <= 1) this.size = Math.max(this.size / 2, LEAST_BYTES);
    const length = Math.min(this.size, this.source.size - at);
    await this.source.readInto(this.buffer.subarray(0, length), at);
    this.start = at;
    this.end = at + length;
    this.wanted = 1;
    return this.buffer.subarray(0, BLOCK);
  }

  /** A copy of bytes that lie in the source: of the window, or read anew. */
  async read(at: number, length: number): Promise<Uint8Array> {
    const inside = at >= this.start && at + length <= this.end;
    if (inside) {
      return this.buffer.slice(at - this.start, at - this.start + length);
    }
    const bytes = new Uint8Array(length);
    await this.source.readInto(bytes, at);
    return bytes;
  }
}
