/** Payloads at least this long are kept by reference until the last copy. */
const REFERENCE_BYTES = 1024;

const FIRST_CAPACITY_BYTES = 256;
const VARINT_MAX_BYTES = 10;

const WIRE_VARINT = 0;
const WIRE_FIXED64 = 1;
const WIRE_BYTES = 2;
const WIRE_FIXED32 = 5;

const encoder = new TextEncoder();

/**
 * Writes protocol buffer fields in the order they are given.
 *
 * Large payloads are not copied before `finish`, and nested messages hand their
 * pieces to their parent, so that a model with weights is copied once.
 */
export class ProtoWriter {
  #pieces: Uint8Array[] = [];
  #pieceBytes = 0;
  #tail = new Uint8Array(FIRST_CAPACITY_BYTES);
  #tailBytes = 0;

  /** Bytes written so far. */
  get size(): number {
    return this.#pieceBytes + this.#tailBytes;
  }

  /** Writes an int64, int32, bool or enum field; negative values as int64. */
  int(field: number, value: number | bigint): void {
    this.#key(field, WIRE_VARINT);
    this.#varint(value);
  }

  /** Writes a repeated int64 field in packed form; nothing when it is empty. */
  packedInts(field: number, values: readonly (number | bigint)[]): void {
    if (values.length === 0) return;
    this.message(field, (inner) => {
      for (const value of values) inner.#varint(value);
    });
  }

  /** Writes a float field. */
  float(field: number, value: number): void {
    this.#key(field, WIRE_FIXED32);
    this.#fixed32(value);
  }

  /** Writes a double field. */
  double(field: number, value: number): void {
    this.#key(field, WIRE_FIXED64);
    this.#reserve(8);
    new DataView(this.#tail.buffer).setFloat64(this.#tailBytes, value, true);
    this.#tailBytes += 8;
  }

  /** Writes a repeated float field in packed form; nothing when it is empty. */
  packedFloats(field: number, values: readonly number[]): void {
    if (values.length === 0) return;
    this.message(field, (inner) => {
      for (const value of values) inner.#fixed32(value);
    });
  }

  /** Writes a string field in UTF-8. */
  string(field: number, value: string): void {
    this.bytes(field, encoder.encode(value));
  }

  /** Writes a bytes field; `value` must not change before `finish`. */
  bytes(field: number, value: Uint8Array): void {
    this.#key(field, WIRE_BYTES);
    this.#varint(value.length);
    if (value.length >= REFERENCE_BYTES) {
      this.#flush();
      this.#push(value);
      return;
    }
    this.#reserve(value.length);
    this.#tail.set(value, this.#tailBytes);
    this.#tailBytes += value.length;
  }

  /** Writes a nested message that `write` fills. */
  message(field: number, write: (inner: ProtoWriter) => void): void {
    const inner = new ProtoWriter();
    write(inner);
    this.#key(field, WIRE_BYTES);
    this.#varint(inner.size);
    if (inner.size < REFERENCE_BYTES) {
      this.#reserve(inner.size);
      for (const piece of inner.pieces()) {
        this.#tail.set(piece, this.#tailBytes);
        this.#tailBytes += piece.length;
      }
      return;
    }
    this.#flush();
    for (const piece of inner.pieces()) this.#push(piece);
  }

  /** Joins everything written into one array. */
  finish(): Uint8Array<ArrayBuffer> {
    const joined = new Uint8Array(this.size);
    let offset = 0;
    for (const piece of this.pieces()) {
      joined.set(piece, offset);
      offset += piece.length;
    }
    return joined;
  }

  /** Everything written, in order; large payloads are pieces of their own. */
  pieces(): readonly Uint8Array[] {
    this.#flush();
    return this.#pieces;
  }

  #push(piece: Uint8Array): void {
    this.#pieces.push(piece);
    this.#pieceBytes += piece.length;
  }

  #flush(): void {
    if (this.#tailBytes === 0) return;
    this.#push(this.#tail.subarray(0, this.#tailBytes));
    this.#tail = new Uint8Array(FIRST_CAPACITY_BYTES);
    this.#tailBytes = 0;
  }

  #key(field: number, wire: number): void {
    this.#varint(field * 8 + wire);
  }

  #varint(value: number | bigint): void {
    this.#reserve(VARINT_MAX_BYTES);
    let rest = BigInt.asUintN(64, BigInt(value));
    while (rest >= 128n) {
      this.#tail[this.#tailBytes++] = Number(rest & 127n) | 128;
      rest >>= 7n;
    }
    this.#tail[this.#tailBytes++] = Number(rest);
  }

  #fixed32(value: number): void {
    this.#reserve(4);
    new DataView(this.#tail.buffer).setFloat32(this.#tailBytes, value, true);
    this.#tailBytes += 4;
  }

  #reserve(bytes: number): void {
    const needed = this.#tailBytes + bytes;
    if (needed <= this.#tail.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#tail.length * 2));
    grown.set(this.#tail);
    this.#tail = grown;
  }
}
