import { type Engine, type HostTensor, input } from "../tensor/mod.ts";
import { autoencoderShapes, encodeImages } from "../model/mod.ts";
import { ENCODER_PARAMETERS, type VaeModel } from "./decoder.ts";
import { FrozenModel, selectShapes } from "./frozen_model.ts";

/** Encodes batches of images to posteriors. */
export class Encoder {
  readonly #model: FrozenModel;

  private constructor(model: FrozenModel) {
    this.#model = model;
  }

  /** Compiles an encoder for batches of `batch` images. */
  static async create(
    engine: Engine,
    { config, weights }: VaeModel,
    batch: number,
  ): Promise<Encoder> {
    const { image_size: size } = config;
    const images = input("images", [batch, 3, size, size]);
    const model = await FrozenModel.create(engine, {
      name: "encode",
      shapes: selectShapes(
        autoencoderShapes(config),
        (name) => ENCODER_PARAMETERS.test(name),
      ),
      weights,
      inputs: { images },
      build: (p) => ({ ...encodeImages(p, images, config) }),
    });
    return new Encoder(model);
  }

  /**
   * Posteriors of one batch.
   *
   * @param images f32 [batch, 3, H, W] in [-1, 1]
   * @returns mu [batch, N, d], and kappa [batch, N] or sigma [batch, N, d]
   */
  async encode(images: HostTensor): Promise<Record<string, HostTensor>> {
    return await this.#model.run({ images });
  }

  /** Frees the program. */
  dispose(): void {
    this.#model.dispose();
  }
}
