import {
  type Engine,
  type HostTensor,
  hostTensor,
  input,
} from "../tensor/mod.ts";
import { FrozenModel } from "../nn/mod.ts";
import {
  type ClassifierConfig,
  classifierShapes,
  classify,
} from "../model/mod.ts";
import { imageSizes } from "./image_pairs.ts";

/** Images of one run of the engine. */
const BATCH = 64;

/** A trained classifier: sizes and parameters by name. */
export interface ClassifierModel {
  readonly config: ClassifierConfig;
  readonly weights: Readonly<Record<string, HostTensor>>;
}

/** What a classifier says of a set of images. */
export interface ClassifierFeatures {
  /** f32 [n, features]. */
  readonly features: HostTensor<"f32">;
  /** f32 [n, classes]. */
  readonly logits: HostTensor<"f32">;
}

type Output = keyof ClassifierFeatures;

/** Features of images by a classifier that is compiled once. */
export class FeatureExtractor {
  readonly #model: FrozenModel<Output>;
  readonly #config: ClassifierConfig;

  private constructor(model: FrozenModel<Output>, config: ClassifierConfig) {
    this.#model = model;
    this.#config = config;
  }

  /** Compiles the classifier with its weights frozen. */
  static async create(
    engine: Engine,
    { config, weights }: ClassifierModel,
  ): Promise<FeatureExtractor> {
    const size = config.image_size;
    const images = input("images", [BATCH, 3, size, size]);
    const model = await FrozenModel.create<Output>(engine, {
      name: "classify",
      shapes: classifierShapes(config),
      weights,
      inputs: { images },
      build: (p) => ({ ...classify(p, images, config) }),
    });
    return new FeatureExtractor(model, config);
  }

  /**
   * Features and logits of images.
   *
   * Every batch has the same number of rows, the last one filled up with
   * zeros, so an image's features do not depend on how many came with it.
   *
   * @param images u8 [n, H, W, 3]
   * @throws {TypeError} when the images are not of the classifier's size
   */
  async extract(images: HostTensor): Promise<ClassifierFeatures> {
    const { features: width, num_classes, image_size } = this.#config;
    const { count } = imageSizes(images);
    const expected = [count, image_size, image_size, 3];
    if (String(images.shape) !== String(expected)) {
      throw new TypeError(
        `Cannot classify images [${images.shape}]: expected [${expected}]`,
      );
    }
    const features = new Float32Array(count * width);
    const logits = new Float32Array(count * num_classes);
    for (let start = 0; start < count; start += BATCH) {
      const rows = Math.min(BATCH, count - start);
      const found = await this.#model.run({
        images: planes(images, { start, rows }),
      });
      const put = (to: Float32Array, { data }: HostTensor, size: number) =>
        to.set(data.subarray(0, rows * size), start * size);
      put(features, found.features, width);
      put(logits, found.logits, num_classes);
    }
    return {
      features: hostTensor("f32", [count, width], features),
      logits: hostTensor("f32", [count, num_classes], logits),
    };
  }

  /** Frees the program. */
  dispose(): void {
    this.#model.dispose();
  }
}

/** Rows of u8 [n, H, W, 3] as f32 [BATCH, 3, H, W] in [-1, 1]. */
function planes(
  { data, shape }: HostTensor,
  { start, rows }: { readonly start: number; readonly rows: number },
): HostTensor<"f32"> {
  const [, height = 0, width = 0] = shape;
  const plane = height * width;
  const out = new Float32Array(BATCH * 3 * plane);
  for (let n = 0; n < rows; n++) {
    const from = (start + n) * plane * 3;
    for (let k = 0; k < plane * 3; k++) {
      const to = (n * 3 + k % 3) * plane + Math.floor(k / 3);
      out[to] = data[from + k]! / 127.5 - 1;
    }
  }
  return hostTensor("f32", [BATCH, 3, height, width], out);
}
