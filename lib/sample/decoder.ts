import {
  type Engine,
  type Executable,
  type HostTensor,
  hostTensor,
  input,
  program,
} from "../tensor/mod.ts";
import { Parameters } from "../nn/mod.ts";
import { decode, type VaeConfig, vaeShapes } from "../model/mod.ts";

/** A trained S-VAE: sizes and parameters by the release's names. */
export interface VaeModel {
  readonly config: VaeConfig;
  readonly weights: Readonly<Record<string, HostTensor>>;
}

/** Decodes batches of latents into images. */
export class Decoder {
  readonly #engine: Engine;
  readonly #executable: Executable;

  private constructor(engine: Engine, executable: Executable) {
    this.#engine = engine;
    this.#executable = executable;
  }

  /** Compiles the decoder for batches of `images` images. */
  static async create(
    engine: Engine,
    { config, weights }: VaeModel,
    images: number,
  ): Promise<Decoder> {
    const names = Object.entries(vaeShapes(config))
      .filter(([name]) => !/^(encoder|quant_proj)\./.test(name));
    const parameters = Object.fromEntries(
      names.map(([name, shape]) => [name, input(name, shape)]),
    );
    const tokens = (config.image_size / config.patch_size) ** 2;
    const z = input("z", [images, tokens, config.latent_dim]);
    const state = Object.fromEntries(
      Object.entries(parameters).map(([name, value]) => [name, { value }]),
    );
    const outputs = { images: decode(new Parameters(parameters), z, config) };
    const frozen = Object.fromEntries(
      names.map(([name]) => [name, weights[name]!]),
    );
    const built = program("decode", { inputs: { z }, state, outputs });
    return new Decoder(engine, await engine.compile(built, { frozen }));
  }

  /**
   * Decodes one batch.
   *
   * @param z [images, N, d]
   * @returns [images, 3, H, W], about -1 to 1
   */
  async decode(z: HostTensor): Promise<HostTensor> {
    const outputs = await this.#engine.run(this.#executable, {
      inputs: { z },
    });
    return this.#engine.download(outputs.images!);
  }

  /** Frees the program. */
  dispose(): void {
    this.#engine.dispose(this.#executable);
  }
}

/**
 * Images as bytes: clamp(127.5 x + 128, 0, 255), cut to integers, as the
 * release writes samples.
 *
 * @param images [B, 3, H, W]
 * @returns u8 [B, H, W, 3]
 */
export function toBytes({ shape, data }: HostTensor): HostTensor<"u8"> {
  const [count, channels, height, width] = shape as [
    number,
    number,
    number,
    number,
  ];
  const pixels = height * width;
  const bytes = new Uint8Array(data.length);
  for (let n = 0; n < count; n++) {
    for (let c = 0; c < channels; c++) {
      const from = (n * channels + c) * pixels;
      for (let i = 0; i < pixels; i++) {
        const value = 127.5 * data[from + i]! + 128;
        bytes[(n * pixels + i) * channels + c] = Math.min(
          255,
          Math.max(0, value),
        );
      }
    }
  }
  return hostTensor("u8", [count, height, width, channels], bytes);
}
