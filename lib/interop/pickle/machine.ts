import type { Fail } from "../checkpoint_error.ts";
import { PICKLE_LIMITS } from "./limits.ts";
import type { PickleValue, StorageReference } from "./values.ts";

/** Stack, marks, memo and input of a pickle machine, each within its limit. */
export class Machine {
  /** Makes errors that name the file and the byte. */
  readonly fail: Fail;
  /** Byte of the opcode that is being carried out. */
  opcodeAt = 0;
  /** Set by STOP. */
  stopped = false;
  /** Storages that were referred to. */
  readonly storages: StorageReference[] = [];
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private at = 0;
  private readonly stack: PickleValue[] = [];
  private readonly marks: number[] = [];
  private readonly memo = new Map<number, PickleValue>();
  private spent = 0;

  constructor(bytes: Uint8Array, fail: Fail) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.fail = (detail) => fail(`at byte ${this.opcodeAt}: ${detail}`);
  }

  /** Bytes that are left. */
  get left(): number {
    return this.bytes.length - this.at;
  }

  /** Values on the stack above everything. */
  get height(): number {
    return this.stack.length;
  }

  /** The next opcode. */
  opcode(): number {
    this.opcodeAt = this.at;
    return this.unsigned(1);
  }

  /** The next whole number of 1, 2, 4 or 8 bytes. */
  unsigned(width: 1 | 2 | 4 | 8): number {
    const at = this.skip(width);
    if (width === 1) return this.view.getUint8(at);
    if (width === 2) return this.view.getUint16(at, true);
    if (width === 4) return this.view.getUint32(at, true);
    const value = this.view.getBigUint64(at, true);
    return value > BigInt(Number.MAX_SAFE_INTEGER) ? Infinity : Number(value);
  }

  /** The next signed whole number of 4 bytes. */
  signed(): number {
    return this.view.getInt32(this.skip(4), true);
  }

  /** The next float of 8 bytes, big-endian. */
  float(): number {
    return this.view.getFloat64(this.skip(8), false);
  }

  /** The next bytes as they are. */
  take(count: number): Uint8Array {
    if (count > PICKLE_LIMITS.textBytes) {
      throw this.tooMany("bytes in one value", PICKLE_LIMITS.textBytes);
    }
    const at = this.skip(count);
    return this.bytes.subarray(at, at + count);
  }

  /** The next bytes as text in UTF-8. */
  text(count: number): string {
    try {
      const decoder = new TextDecoder("utf-8", {
        fatal: true,
        ignoreBOM: true,
      });
      return decoder.decode(this.take(count));
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      throw this.fail("it holds text that is not UTF-8");
    }
  }

  /** The text up to the next newline. */
  line(): string {
    const window = this.bytes.subarray(this.at, this.at + 4096);
    const length = window.indexOf(10);
    if (length < 0) throw this.fail("it holds a name without an end");
    const text = this.text(length);
    this.skip(1);
    return text;
  }

  /** Counts values that are made. */
  readonly spend = (count: number): void => {
    this.spent += count;
    if (this.spent > PICKLE_LIMITS.values) {
      throw this.tooMany("values", PICKLE_LIMITS.values);
    }
  };

  /** Puts a value on the stack. */
  push(value: PickleValue): void {
    this.spend(1);
    if (this.stack.push(value) > PICKLE_LIMITS.stack) {
      throw this.tooMany("values on its stack", PICKLE_LIMITS.stack);
    }
  }

  /** Takes the uppermost value. */
  pop(): PickleValue {
    this.requireValue();
    return this.stack.pop()!;
  }

  /** The uppermost value. */
  top(): PickleValue {
    this.requireValue();
    return this.stack.at(-1)!;
  }

  /** Opens a mark. */
  mark(): void {
    if (this.marks.push(this.stack.length) > PICKLE_LIMITS.marks) {
      throw this.tooMany("open marks", PICKLE_LIMITS.marks);
    }
  }

  /** Closes the last mark and takes the values above it. */
  popMark(): PickleValue[] {
    const mark = this.marks.pop();
    if (mark === undefined) {
      throw this.fail("it closes a mark that is not open");
    }
    return this.stack.splice(mark);
  }

  /** Whether a mark is the uppermost thing. */
  get atMark(): boolean {
    return this.marks.at(-1) === this.stack.length;
  }

  /** Remembers the uppermost value under a number. */
  put(index = this.memo.size): void {
    this.memo.set(index, this.top());
    if (this.memo.size > PICKLE_LIMITS.memo) {
      throw this.tooMany("values in its memo", PICKLE_LIMITS.memo);
    }
  }

  /** Puts a remembered value on the stack. */
  get(index: number): void {
    const value = this.memo.get(index);
    if (value === undefined) {
      throw this.fail(`it uses number ${index} of its memo, which is not set`);
    }
    this.push(value);
  }

  /** The only value on the stack, at the end of the pickle. */
  result(): PickleValue {
    const alone = this.stack.length === 1 && this.marks.length === 0;
    if (alone) return this.stack[0]!;
    throw this.fail(
      `it stops with ${this.stack.length} values left, expected one`,
    );
  }

  private requireValue(): void {
    const floor = this.marks.at(-1) ?? 0;
    if (this.stack.length > floor) return;
    throw this.fail("it takes a value from an empty stack");
  }

  private skip(count: number): number {
    const { at } = this;
    if (!(count <= this.left)) throw this.fail("it ends inside a value");
    this.at += count;
    return at;
  }

  private tooMany(what: string, limit: number) {
    return this.fail(`it has too many ${what}, expected at most ${limit}`);
  }
}
