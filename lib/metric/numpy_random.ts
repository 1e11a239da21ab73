/** Words of the generator's state, and how far apart two meet. */
const WORDS = 624;
const MIDDLE = 397;

/**
 * NumPy's `RandomState`: the Mersenne Twister (Matsumoto and Nishimura 1998),
 * seeded and drawn from as NumPy does, so that subsets are those that others
 * draw from the same seed.
 */
export class NumpyRandom {
  readonly #state = new Uint32Array(WORDS);
  #next = WORDS;

  /** @param seed 0 to 2³² - 1 */
  constructor(seed: number) {
    this.#state[0] = seed;
    for (let i = 1; i < WORDS; i++) {
      const last = this.#state[i - 1]!;
      this.#state[i] = Math.imul(1_812_433_253, last ^ last >>> 30) + i;
    }
  }

  /** `count` of 0..size-1 without repeats, as `choice(replace=False)` has them. */
  choice(size: number, count: number): Uint32Array {
    const order = Uint32Array.from({ length: size }, (_, i) => i);
    for (let i = size - 1; i > 0; i--) {
      const j = this.#upTo(i);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    return order.subarray(0, count);
  }

  /** A whole number from 0 to `most`, by rejection. */
  #upTo(most: number): number {
    const mask = 2 ** (32 - Math.clz32(most)) - 1;
    for (;;) {
      const value = (this.#word() & mask) >>> 0;
      if (value <= most) return value;
    }
  }

  #word(): number {
    if (this.#next === WORDS) this.#twist();
    let y = this.#state[this.#next++]!;
    y ^= y >>> 11;
    y ^= y << 7 & 0x9d2c5680;
    y ^= y << 15 & 0xefc60000;
    return (y ^ y >>> 18) >>> 0;
  }

  #twist(): void {
    const state = this.#state;
    for (let i = 0; i < WORDS; i++) {
      const y = state[i]! & 0x80000000 | state[(i + 1) % WORDS]! & 0x7fffffff;
      const odd = y & 1 ? 0x9908b0df : 0;
      state[i] = state[(i + MIDDLE) % WORDS]! ^ y >>> 1 ^ odd;
    }
    this.#next = 0;
  }
}
