import { type Engine, type HostTensor, input } from "../tensor/mod.ts";
import { encode, vaeShapes } from "../model/mod.ts";
import { ENCODER_PARAMETERS, type VaeModel } from "./decoder.ts";
import { FrozenModel, selectShapes } from "./frozen_model.ts";

/** Encodes batches of images to posteriors. */
export class Encoder {
  readonly #model: FrozenModel;

  private constructor(model: FrozenModel) {
    this.#model = model;
  }

  /** Compiles the encoder of an S-VAE for batches of `batch` images. */
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
        vaeShapes(config),
        (name) => ENCODER_PARAMETERS.test(name),
      ),
      weights,
      inputs: { images },
      build: (p) => ({ ...encode(p, images, config) }),
    });
    return new Encoder(model);
  }

  /**
   * Posteriors of one batch.
   *
   * @param images f32 [batch, 3, H, W] in [-1, 1]
   * @returns mu [batch, N, d] and kappa [batch, N]
   */
  async encode(
    images: HostTensor,
  ): Promise<{ mu: HostTensor; kappa: HostTensor }> {
    const { mu, kappa } = await this.#model.run({ images });
    return { mu: mu!, kappa: kappa! };
  }

  /** Frees the program. */
  dispose(): void {
    this.#model.dispose();
  }
}
