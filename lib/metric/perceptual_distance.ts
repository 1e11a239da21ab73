import {
  type Engine,
  type FrozenStates,
  type HostTensor,
  hostTensor,
  input,
} from "../tensor/mod.ts";
import {
  type PerceptualConfig,
  perceptualDistance,
  perceptualNetworkOf,
} from "../model/mod.ts";
import { FrozenModel } from "../nn/mod.ts";
import { type ImagePair, pairedSizes } from "./image_pairs.ts";

/** Half of the range of bytes: they become -1 to 1. */
const HALF = 127.5;

/** A perceptual network, and the images that it is compiled for. */
export interface PerceptualOptions {
  readonly network: PerceptualConfig;
  readonly weights: FrozenStates;
  /** In pixels. */
  readonly height: number;
  readonly width: number;
  /** Pairs of one run of the engine. */
  readonly batch: number;
}

/** Perceptual distances of pairs by a network that is compiled once. */
export class PerceptualDistances {
  readonly #model: FrozenModel<"distance">;
  readonly #shape: readonly [number, number, number, number];

  private constructor(
    model: FrozenModel<"distance">,
    shape: readonly [number, number, number, number],
  ) {
    this.#model = model;
    this.#shape = shape;
  }

  /** Compiles the network with its weights frozen. */
  static async create(
    engine: Engine,
    { network: config, weights, height, width, batch }: PerceptualOptions,
  ): Promise<PerceptualDistances> {
    const network = perceptualNetworkOf(config);
    const shape = [batch, 3, height, width] as const;
    const image = input("image", shape);
    const reconstruction = input("reconstruction", shape);
    const model = await FrozenModel.create<"distance">(engine, {
      name: "perceptual-distance",
      shapes: network.shapes(config),
      weights,
      inputs: { image, reconstruction },
      build: (p) => ({
        distance: perceptualDistance(network, p, {
          image,
          reconstruction,
          config,
        }),
      }),
    });
    return new PerceptualDistances(model, shape);
  }

  /**
   * The distance of each pair, u8 [n, H, W, 3].
   *
   * @throws {TypeError} when the images are not of the size that it is made for
   */
  async of(pair: ImagePair): Promise<Float64Array> {
    const { count, height, width } = pairedSizes(pair);
    const [batch, , ...size] = this.#shape;
    if (String([height, width]) !== String(size)) {
      throw new TypeError(
        `Cannot compare images of ${height} x ${width}: expected ${
          size.join(" x ")
        }`,
      );
    }
    const distances = new Float64Array(count);
    for (let start = 0; start < count; start += batch) {
      const rows = Math.min(batch, count - start);
      const { distance } = await this.#model.run({
        image: this.#planes(pair.reference, { start, rows }),
        reconstruction: this.#planes(pair.images, { start, rows }),
      });
      distances.set(distance.data.subarray(0, rows), start);
    }
    return distances;
  }

  /** Frees the program. */
  dispose(): void {
    this.#model.dispose();
  }

  /** Rows of u8 [n, H, W, 3] as f32 [B, 3, H, W] in [-1, 1]. */
  #planes(
    { data }: HostTensor,
    { start, rows }: { readonly start: number; readonly rows: number },
  ): HostTensor<"f32"> {
    const [batch, , height, width] = this.#shape;
    const plane = height * width;
    const planes = new Float32Array(batch * 3 * plane);
    for (let n = 0; n < rows; n++) {
      const from = (start + n) * plane * 3;
      for (let k = 0; k < plane * 3; k++) {
        const to = (n * 3 + k % 3) * plane + Math.floor(k / 3);
        planes[to] = data[from + k]! / HALF - 1;
      }
    }
    return hostTensor("f32", this.#shape, planes);
  }
}
