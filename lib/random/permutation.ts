import { type Seed, seedWords, streamWord } from "./keys.ts";
import { philox } from "./philox.ts";
import { RandomStream } from "./stream.ts";

/** Most numbers that are put in order: a place fits a word. */
const MAX_COUNT = 2 ** 32;

/** Rounds for each bit of the count, and beside them; six a bit are proven to do. */
const ROUNDS_A_BIT = 6;
const ROUNDS_MORE = 16;

/** What a random order depends on, and nothing else. */
export interface PermutationKey {
  readonly seed: Seed;
  /** Name of the purpose. */
  readonly stream: string;
  /** Which of many orders, such as the epoch; 0 by default. */
  readonly step?: number;
}

/**
 * The numbers 0 to `count - 1` in a random order that is computed place by
 * place, so that no list of them is held and any reader may begin anywhere.
 *
 * Source: Hoang, Morris and Rogaway, "An enciphering scheme based on a card
 * shuffle", CRYPTO 2012: swap or not. A round pairs all numbers x with k - x, k
 * its own, and each pair stays or changes places by a random bit of the pair.
 */
export class Permutation {
  readonly #count: number;
  readonly #pairings: Uint32Array;
  readonly #key: [number, number];
  readonly #counter: [number, number, number, number];
  readonly #block = new Uint32Array(4);

  /** @throws {RangeError} when count is no whole number from 1 to 2^32 */
  constructor(count: number, { seed, stream, step = 0 }: PermutationKey) {
    if (!(Number.isInteger(count) && count >= 1 && count <= MAX_COUNT)) {
      throw new RangeError(
        `Cannot put ${count} numbers in order: expected 1 to 2^32`,
      );
    }
    const rounds = ROUNDS_A_BIT * Math.ceil(Math.log2(count)) + ROUNDS_MORE;
    const draws = new RandomStream({ seed, stream: `${stream} pairs`, step });
    this.#count = count;
    this.#pairings = Uint32Array.from(
      { length: rounds },
      () => draws.integer(count),
    );
    this.#key = seedWords(seed);
    this.#counter = [0, step, 0, streamWord(stream)];
  }

  /**
   * The number at a place.
   *
   * @throws {RangeError} when place is no whole number from 0 to `count - 1`
   */
  at(place: number): number {
    const count = this.#count;
    if (!(Number.isInteger(place) && place >= 0 && place < count)) {
      throw new RangeError(
        `Cannot find place ${place}: expected 0 to ${count - 1}`,
      );
    }
    let number = place;
    this.#pairings.forEach((pairing, round) => {
      const partner = (pairing + count - number) % count;
      this.#counter[0] = Math.max(number, partner);
      this.#counter[2] = round;
      philox({ counter: this.#counter, key: this.#key }, this.#block);
      if ((this.#block[0]! & 1) === 1) number = partner;
    });
    return number;
  }
}
