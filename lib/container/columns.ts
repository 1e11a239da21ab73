/** Typed arrays that a column of numbers may lie in. */
type Numbers = Float64Array | Uint32Array | Int32Array;

/** Numbers that are added one by one, without an object for any. */
export class NumberColumn<A extends Numbers> {
  private values: A;
  private count = 0;
  private readonly make: (length: number) => A;

  /** An empty column in arrays of a type. */
  constructor(make: (length: number) => A) {
    this.make = make;
    this.values = make(1024);
  }

  /** How many there are. */
  get length(): number {
    return this.count;
  }

  /** Adds a number, which the type must be able to hold. */
  push(value: number): void {
    if (this.count === this.values.length) {
      const grown = this.make(2 * this.count);
      grown.set(this.values);
      this.values = grown;
    }
    this.values[this.count++] = value;
  }

  /** All numbers, in place: valid until one is added. */
  whole(): A {
    return this.values.subarray(0, this.count) as A;
  }

  /** The number at an index that is there. */
  at(index: number): number {
    return this.values[index]!;
  }

  /** Replaces the number at an index that is there. */
  set(index: number, value: number): void {
    this.values[index] = value;
  }
}

/** Names in UTF-8, one after another in one array. */
export class NameColumn {
  private bytes = new Uint8Array(32 * 1024);
  private readonly ends = new NumberColumn((n) => new Float64Array(n));
  private used = 0;
  private readonly encoder = new TextEncoder();
  private readonly decoder = new TextDecoder();

  /** How many there are. */
  get length(): number {
    return this.ends.length;
  }

  /** Adds a name. */
  push(name: string): void {
    // A code unit of UTF-16 takes three bytes of UTF-8 at most.
    const most = this.used + 3 * name.length;
    if (most > this.bytes.length) {
      const grown = new Uint8Array(Math.max(most, 2 * this.bytes.length));
      grown.set(this.bytes);
      this.bytes = grown;
    }
    const place = this.bytes.subarray(this.used);
    this.used += this.encoder.encodeInto(name, place).written;
    this.ends.push(this.used);
  }

  /** The name at an index that is there. */
  at(index: number): string {
    return this.decoder.decode(this.slice(index));
  }

  /** All names one after another, and where each ends; valid until one is added. */
  whole(): { readonly bytes: Uint8Array; readonly ends: Float64Array } {
    const bytes = this.bytes.subarray(0, this.used);
    return { bytes, ends: this.ends.whole() };
  }

  /** Which of two names comes first, by their bytes: below 0, 0, above 0. */
  compare(a: number, b: number): number {
    const [first, second] = [this.slice(a), this.slice(b)];
    const common = Math.min(first.length, second.length);
    for (let i = 0; i < common; i++) {
      if (first[i] !== second[i]) return first[i]! - second[i]!;
    }
    return first.length - second.length;
  }

  private slice(index: number): Uint8Array {
    const start = index === 0 ? 0 : this.ends.at(index - 1);
    return this.bytes.subarray(start, this.ends.at(index));
  }
}
