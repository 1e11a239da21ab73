import {
  cast,
  type Engine,
  type FrozenStates,
  type HostTensor,
  hostTensor,
  input,
  permute,
} from "../tensor/mod.ts";
import { FrozenModel } from "../nn/mod.ts";
import { type FeatureNetworkConfig, featureNetworkOf } from "../model/mod.ts";
import { imageSizes } from "./image_pairs.ts";

/** Images of one run of the engine. */
const BATCH = 64;

/** A network of features: which one, with its sizes, and its parameters by name. */
export interface FeatureModel<
  Config extends FeatureNetworkConfig = FeatureNetworkConfig,
> {
  readonly config: Config;
  readonly weights: FrozenStates;
}

/** What images an extractor is compiled for. */
export interface ExtractorOptions {
  /** In pixels; the network's own where it does not resize. */
  readonly height: number;
  readonly width: number;
  /** Images of one run of the engine. */
  readonly batch?: number;
}

/** Features of images, f32 [n, width] each, by the network's names for them. */
export type ImageFeatures = Readonly<Record<string, HostTensor<"f32">>>;

/** Features of images by a network that is compiled once. */
export class FeatureExtractor {
  readonly #model: FrozenModel;
  readonly #widths: Readonly<Record<string, number>>;
  /** Of one run, [B, H, W, 3]. */
  readonly #shape: readonly [number, number, number, 3];

  private constructor(
    model: FrozenModel,
    { widths, shape }: {
      widths: Readonly<Record<string, number>>;
      shape: readonly [number, number, number, 3];
    },
  ) {
    this.#model = model;
    this.#widths = widths;
    this.#shape = shape;
  }

  /** Compiles the network with its weights frozen. */
  static async create(
    engine: Engine,
    { config, weights }: FeatureModel,
    { height, width, batch = BATCH }: ExtractorOptions,
  ): Promise<FeatureExtractor> {
    const network = featureNetworkOf(config);
    const shape = [batch, height, width, 3] as const;
    const images = input("images", shape, "u8");
    const model = await FrozenModel.create(engine, {
      name: config.name,
      shapes: network.shapes(config),
      weights,
      inputs: { images },
      build: (p) => {
        const planes = permute(cast(images, "f32"), [0, 3, 1, 2]);
        return network.extract(p, planes, config);
      },
    });
    return new FeatureExtractor(model, {
      widths: network.widths(config),
      shape,
    });
  }

  /**
   * Features of images.
   *
   * Every batch has the same number of rows, the last one filled up with
   * zeros, so an image's features do not depend on how many came with it.
   *
   * @param images u8 [n, H, W, 3]
   * @throws {TypeError} when the images are not of the size that it is made for
   */
  async extract(images: HostTensor): Promise<ImageFeatures> {
    const [batch, ...image] = this.#shape;
    const { count, size } = imageSizes(images);
    if (String(images.shape) !== String([count, ...image])) {
      throw new TypeError(
        `Cannot take features of images [${images.shape}]: expected ` +
          `[${[count, ...image]}]`,
      );
    }
    const parts = Object.entries(this.#widths).map(([name, width]) =>
      [name, new Float32Array(count * width)] as const
    );
    for (let start = 0; start < count; start += batch) {
      const rows = new Uint8Array(batch * size);
      const stop = Math.min(start + batch, count);
      rows.set(
        (images.data as Uint8Array).subarray(start * size, stop * size),
      );
      const given = hostTensor("u8", this.#shape, rows);
      const found = await this.#model.run({ images: given });
      for (const [name, data] of parts) {
        const width = this.#widths[name]!;
        const values = found[name]!.data.subarray(0, (stop - start) * width);
        data.set(values, start * width);
      }
    }
    return Object.fromEntries(
      parts.map(([name, data]) =>
        [name, hostTensor("f32", [count, this.#widths[name]!], data)] as const
      ),
    );
  }

  /** Frees the program. */
  dispose(): void {
    this.#model.dispose();
  }
}
