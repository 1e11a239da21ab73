import { FrozenModel } from "../nn/mod.ts";
import { decoderParts, toBytes, type VaeModel } from "./decoder.ts";
import { type Engine, type HostTensor, hostTensor } from "../tensor/mod.ts";

/** Pixels in one call of the decoder: its feature maps are 64 times as large. */
const PIXELS_IN_CALL = 2 ** 20;

/** Images of some latents. */
export interface Decoded {
  /** u8 [rows, H, W, 3] */
  readonly images: HostTensor<"u8">;
  /** f32 [rows, 3, H, W], about -1 to 1, where it was asked for. */
  readonly decoded?: HostTensor<"f32">;
}

/** Decodes the batches of a sampler in calls that fit the memory. */
export class ImageDecoder {
  readonly #decoder: FrozenModel<"images">;
  /** Images in a call. */
  readonly #images: number;

  private constructor(decoder: FrozenModel<"images">, images: number) {
    this.#decoder = decoder;
    this.#images = images;
  }

  /** Compiles a decoder for batches of `batch` images. */
  static async create(
    engine: Engine,
    vae: VaeModel,
    batch: number,
  ): Promise<ImageDecoder> {
    const { image_size } = vae.config;
    const most = Math.max(1, Math.floor(PIXELS_IN_CALL / image_size ** 2));
    const images = Math.min(batch, most);
    const parts = decoderParts(vae, images);
    return new ImageDecoder(await FrozenModel.create(engine, parts), images);
  }

  /**
   * Decodes the first `count` rows of a batch.
   *
   * @param z [batch, N, d]
   */
  async decode(
    z: HostTensor,
    { count, traced }: { readonly count: number; readonly traced: boolean },
  ): Promise<Decoded> {
    const parts: { images: Uint8Array; decoded: HostTensor["data"] }[] = [];
    let shape: readonly number[] = [];
    for (let start = 0; start < count; start += this.#images) {
      const call = { z: this.#part(z, start) };
      const { images: found } = await this.#decoder.run(call);
      const rows = Math.min(this.#images, count - start);
      shape = found.shape.slice(1);
      const size = found.data.length / this.#images;
      parts.push({
        images: toBytes(found).data.subarray(0, rows * size),
        decoded: found.data.subarray(0, rows * size),
      });
    }
    const [channels, height, width] = shape as [number, number, number];
    const length = count * channels * height * width;
    const images = joined(
      new Uint8Array(length),
      parts.map((part) => part.images),
    );
    return {
      images: hostTensor("u8", [count, height, width, channels], images),
      ...(traced && {
        decoded: hostTensor(
          "f32",
          [count, ...shape],
          joined(new Float32Array(length), parts.map((part) => part.decoded)),
        ),
      }),
    };
  }

  /** Latents of one call; the last one is filled up with zeros. */
  #part({ shape, data }: HostTensor, start: number): HostTensor {
    const [batch, tokens, d] = shape as [number, number, number];
    const size = tokens * d;
    const part = new Float32Array(this.#images * size);
    const stop = Math.min(batch, start + this.#images);
    part.set(data.subarray(start * size, stop * size));
    return hostTensor("f32", [this.#images, tokens, d], part);
  }

  /** Frees the program. */
  dispose(): void {
    this.#decoder.dispose();
  }
}

function joined<T extends Uint8Array | Float32Array>(
  whole: T,
  parts: readonly ArrayLike<number>[],
): T {
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
