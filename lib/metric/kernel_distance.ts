import { type Engine, type Executable, hostTensor } from "../tensor/mod.ts";
import { type FeaturePair, featurePair, takeRows } from "./features.ts";
import type { Watch } from "./manifold/distance_blocks.ts";
import { NumpyRandom } from "./numpy_random.ts";
import { compileProducts } from "./products.ts";

/** Subsets, rows of each, and their seed, as torch-fidelity has them. */
export const KERNEL_SUBSETS = { count: 100, size: 1000, seed: 2020 } as const;

/** How subsets are drawn. */
export interface KernelOptions extends FeaturePair, Watch {
  readonly subsets?: {
    readonly count: number;
    readonly size: number;
    readonly seed: number;
  };
}

/** A kernel distance over subsets. */
export interface KernelDistance {
  readonly mean: number;
  /** Standard deviation over the subsets. */
  readonly deviation: number;
  /** Rows of each subset: fewer than asked for where a set has no more. */
  readonly size: number;
}

/**
 * Squared maximum mean discrepancy with the kernel (x·y / d + 1)³, its unbiased
 * estimate, as the mean over subsets (Binkowski et al. 2018, section 4): KID on
 * Inception's pool_3. Subsets are those that torch-fidelity draws, which has
 * the samples first.
 *
 * @throws {TypeError} when the shapes do not fit
 * @throws {RangeError} when a set has fewer than two rows
 */
export async function kernelDistance(
  engine: Engine,
  { subsets = KERNEL_SUBSETS, onPairs, signal, ...pair }: KernelOptions,
): Promise<KernelDistance> {
  const { reference, samples } = featurePair(pair);
  const size = Math.min(subsets.size, reference.rows, samples.rows);
  if (size < 2) {
    throw new RangeError(
      "Cannot take a kernel distance: expected two or more " +
        `rows, got ${size}`,
    );
  }
  const kernels = await KernelMeans.create(engine, size, reference.columns);
  const draws = new NumpyRandom(subsets.seed);
  const values: number[] = [];
  try {
    for (let k = 0; k < subsets.count; k++) {
      signal?.throwIfAborted();
      const x = takeRows(samples, draws.choice(samples.rows, size));
      const y = takeRows(reference, draws.choice(reference.rows, size));
      const within = await kernels.within(x) + await kernels.within(y);
      values.push(within - 2 * await kernels.between(x, y));
      onPairs?.(3 * size * size);
    }
  } finally {
    kernels.dispose();
  }
  const mean = values.reduce((a, b) => a + b) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / values.length), size };
}

/** Means of the kernel over pairs of rows. */
class KernelMeans {
  readonly #engine: Engine;
  readonly #products: Executable;
  readonly #size: number;
  readonly #width: number;

  private constructor(
    engine: Engine,
    { products, size, width }: {
      readonly products: Executable;
      readonly size: number;
      readonly width: number;
    },
  ) {
    this.#engine = engine;
    this.#products = products;
    this.#size = size;
    this.#width = width;
  }

  /** Compiles the products of rows [size, width]. */
  static async create(
    engine: Engine,
    size: number,
    width: number,
  ): Promise<KernelMeans> {
    const products = await compileProducts(engine, {
      rows: size,
      columns: size,
      width,
    });
    return new KernelMeans(engine, { products, size, width });
  }

  /** Over pairs of different rows of one set. */
  async within(x: Float32Array): Promise<number> {
    const { sum, diagonal } = await this.#sums(x, x);
    return (sum - diagonal) / (this.#size * (this.#size - 1));
  }

  /** Over pairs of rows of two sets. */
  async between(x: Float32Array, y: Float32Array): Promise<number> {
    return (await this.#sums(x, y)).sum / this.#size ** 2;
  }

  async #sums(x: Float32Array, y: Float32Array) {
    const shape = [this.#size, this.#width];
    const { products } = await this.#engine.run(this.#products, {
      inputs: {
        a: hostTensor("f32", shape, x),
        b: hostTensor("f32", shape, y),
      },
    });
    const { data } = await this.#engine.download(products!);
    let [sum, diagonal] = [0, 0];
    for (let k = 0; k < data.length; k++) {
      const value = (data[k]! / this.#width + 1) ** 3;
      sum += value;
      if (k % (this.#size + 1) === 0) diagonal += value;
    }
    return { sum, diagonal };
  }

  dispose(): void {
    this.#engine.dispose(this.#products);
  }
}
