import { FormatError } from "./format_error.ts";
import { LENGTH_BYTES, parseHeader, parseHeaderLength } from "./header.ts";
import { readerOf, type SafetensorsReader } from "./safetensors_reader.ts";
import { memorySource } from "./source.ts";
import { ioError, UserError } from "./user_error.ts";

/**
 * Safetensors files one after another in a byte stream such as standard input.
 *
 * Each file delimits itself by its header; it is held in memory once.
 */
export class SafetensorsStream {
  private readonly name: string;
  private readonly reader: ReadableStreamDefaultReader<Uint8Array>;
  private rest: Uint8Array = new Uint8Array(0);
  private files = 0;

  /** Takes the stream over; `name` stands in messages. */
  constructor(
    stream: ReadableStream<Uint8Array>,
    { name = "standard input" }: { name?: string } = {},
  ) {
    this.name = name;
    this.reader = stream.getReader();
  }

  /**
   * The next file, or undefined at the end of the stream.
   *
   * @throws {FormatError} when it is malformed or the stream ends inside it
   */
  async next(): Promise<SafetensorsReader | undefined> {
    const file = `${this.name}, file ${this.files + 1}`;
    const start = await this.take(LENGTH_BYTES);
    if (start.length === 0) return undefined;
    this.files++;
    const headerBytes = parseHeaderLength(start, file);
    const header = await this.take(headerBytes);
    if (header.length < headerBytes) {
      const detail = `expected ${headerBytes} bytes, found ${header.length}`;
      throw new FormatError("HeaderTruncated", { file, detail });
    }
    const { dataBytes } = parseHeader(header, file);
    const whole = allocate(LENGTH_BYTES + headerBytes + dataBytes, file);
    whole.set(start);
    whole.set(header, LENGTH_BYTES);
    const at = LENGTH_BYTES + headerBytes;
    const filled = await this.fill(whole.subarray(at));
    return await readerOf(memorySource(file, whole.subarray(0, at + filled)));
  }

  private async take(count: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(count);
    return bytes.subarray(0, await this.fill(bytes));
  }

  /** Fills from the stream; the count is short only at its end. */
  private async fill(into: Uint8Array): Promise<number> {
    let filled = 0;
    while (filled < into.length) {
      if (this.rest.length === 0 && !await this.pull()) break;
      const part = this.rest.subarray(0, into.length - filled);
      into.set(part, filled);
      filled += part.length;
      this.rest = this.rest.subarray(part.length);
    }
    return filled;
  }

  private async pull(): Promise<boolean> {
    try {
      const { done, value } = await this.reader.read();
      if (!done) this.rest = value;
      return !done;
    } catch (error) {
      throw ioError(error, `Cannot read ${this.name}`);
    }
  }
}

function allocate(bytes: number, file: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(bytes);
  } catch {
    throw new UserError(`Cannot read "${file}": ${bytes} bytes do not fit`);
  }
}
