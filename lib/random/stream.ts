import { type Seed, seedWords, streamWord } from "./keys.ts";
import { philox } from "./philox.ts";

const LANES = 4;
const WORD = 2 ** 32;

/** What a stream's draws depend on, and nothing else. */
export interface StreamKey {
  /** The seed, up to 64 bits. */
  readonly seed: Seed;
  /** Name of the purpose, such as "shuffle", or its word. */
  readonly stream: string | number;
  /** Training step; 0 by default. */
  readonly step?: number;
  /** Image index or row; 0 by default. */
  readonly row?: number;
}

/**
 * Random numbers of one purpose, step and row, drawn one after another.
 *
 * Draw e is lane e mod 4 of the Philox block of counter words (e / 4, step,
 * row, stream) and the seed's key words, as on every engine.
 */
export class RandomStream {
  private readonly key: [number, number];
  private readonly counter: [number, number, number, number];
  private readonly block = new Uint32Array(LANES);
  private drawn = 0;

  /** @throws {RangeError} when the seed, step or row is out of range */
  constructor({ seed, stream, step = 0, row = 0 }: StreamKey) {
    const word = typeof stream === "string" ? streamWord(stream) : stream;
    this.key = seedWords(seed);
    for (const [name, value] of Object.entries({ step, row, stream: word })) {
      if (Number.isInteger(value) && value >= 0 && value < WORD) continue;
      throw new RangeError(
        `Cannot draw with ${name} ${value}: expected a whole number ` +
          `below 2^32`,
      );
    }
    this.counter = [0, step, row, word];
  }

  /** The next 32 random bits. */
  bits(): number {
    const lane = this.drawn % LANES;
    if (lane === 0) {
      this.counter[0] = this.drawn / LANES;
      philox({ counter: this.counter, key: this.key }, this.block);
    }
    this.drawn++;
    return this.block[lane]!;
  }

  /** A number in (0, 1) with 23 random bits: exact in float32, never 0 or 1. */
  uniform(): number {
    return ((this.bits() >>> 9) + 0.5) * 2 ** -23;
  }

  /**
   * A whole number from 0 to `count - 1`.
   *
   * The probabilities differ by at most 2^-32, far below what any use here
   * could notice; there is no rejection, so each draw takes one word.
   *
   * @throws {RangeError} when count is no whole number from 1 to 2^32
   */
  integer(count: number): number {
    if (!(Number.isInteger(count) && count >= 1 && count <= WORD)) {
      throw new RangeError(
        `Cannot draw a whole number below ${count}: expected 1 to 2^32`,
      );
    }
    // Two factors, since the product may pass 2^53.
    const bits = this.bits();
    const high = (bits >>> 16) * count;
    const low = (bits & 0xffff) * count;
    return Math.floor((high + low / 65536) / 65536);
  }

  /** Whether something of a probability happens; what is certain draws nothing. */
  chance(probability: number): boolean {
    if (probability <= 0) return false;
    return probability >= 1 || this.uniform() < probability;
  }

  /** A standard normal number, by Box and Muller (1958), from two words. */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** The numbers 0 to `count - 1` in random order (Fisher and Yates). */
  permutation(count: number): Uint32Array {
    const order = Uint32Array.from({ length: count }, (_, index) => index);
    for (let index = count - 1; index > 0; index--) {
      const other = this.integer(index + 1);
      const kept = order[index]!;
      order[index] = order[other]!;
      order[other] = kept;
    }
    return order;
  }

  /** The items in random order, as a new array. */
  shuffle<T>(items: readonly T[]): T[] {
    return Array.from(this.permutation(items.length), (at) => items[at]!);
  }
}
