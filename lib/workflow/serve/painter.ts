import type { Picture } from "../../image/mod.ts";
import type { Sampling } from "../../preset/mod.ts";
import {
  ImageDecoder,
  isGuided,
  PreviewPace,
  type ReadTokens,
  Sampler,
} from "../../sample/mod.ts";
import type { Engine, HostTensor } from "../../tensor/mod.ts";
import { type Generator, samplerOptions } from "../sample/mod.ts";
import { picturesOf } from "../sets/mod.ts";

/** Images that are painted at once. */
export interface Batch {
  readonly sampling: Sampling;
  readonly seed: number;
  /** Class of each image, no more than the painter has rows. */
  readonly classes: Int32Array;
  /** Number of each image. */
  readonly indices: Uint32Array;
}

/** Who is told of a batch. */
export interface BatchListener {
  /** Ends the work after the token at hand. */
  readonly signal: AbortSignal;
  onToken(finished: number): void;
  /** Whether somebody wants to see the images with so many tokens. */
  wantsPreview(finished: number): boolean;
  /** Told of images in the making, where they are wanted and there is time. */
  onPreview(finished: number, images: readonly Painted[]): void;
}

/** One image that is done, or in the making. */
export interface Painted {
  readonly picture: Picture;
  /** f32 [N, d], what the picture was decoded from; those to come are zeros. */
  readonly tokens: Float32Array;
}

/** Makes pictures, a batch at a time. */
export interface Painter {
  /** Rows of a batch. */
  readonly batch: number;
  /** Tokens of an image. */
  readonly tokens: number;
  /** Images of a batch, in its order. */
  paint(batch: Batch, listener: BatchListener): Promise<readonly Painted[]>;
}

/** Samplers that stay compiled; each has caches of keys and values of its own. */
const KEPT_SAMPLERS = 3;

/**
 * Paints with a model. Every batch has the same rows, filled up where images are
 * fewer, so that an image has the same bytes whoever shares its batch: those of
 * `sample --batch` with that number.
 */
export class ModelPainter implements Painter {
  readonly batch: number;
  readonly tokens: number;
  readonly #engine: Engine;
  readonly #generator: Generator;
  readonly #decoder: ImageDecoder;
  readonly #pace = new PreviewPace(() => performance.now());
  /** By what programs are made for, the last used last. */
  readonly #samplers = new Map<string, Sampler>();

  private constructor(parts: {
    readonly engine: Engine;
    readonly generator: Generator;
    readonly decoder: ImageDecoder;
    readonly batch: number;
  }) {
    this.batch = parts.batch;
    this.tokens = parts.generator.ar.config.grid ** 2;
    this.#engine = parts.engine;
    this.#generator = parts.generator;
    this.#decoder = parts.decoder;
  }

  /** Compiles what every image needs, and a sampler of these numbers. */
  static async create(
    engine: Engine,
    { generator, batch, sampling }: {
      readonly generator: Generator;
      readonly batch: number;
      readonly sampling: Sampling;
    },
  ): Promise<ModelPainter> {
    const decoder = await ImageDecoder.create(engine, generator.vae, batch);
    const painter = new ModelPainter({ engine, generator, decoder, batch });
    await painter.#samplerOf(sampling);
    return painter;
  }

  async paint(
    { sampling, seed, classes, indices }: Batch,
    listener: BatchListener,
  ): Promise<readonly Painted[]> {
    const sampler = await this.#samplerOf(sampling);
    const { length: count } = classes;
    const at = (row: number) => Math.min(row, count - 1);
    const { batch: length } = this;
    const z = await sampler.sample({
      classes: Int32Array.from({ length }, (_, i) => classes[at(i)]!),
      indices: Uint32Array.from({ length }, (_, i) => indices[at(i)]!),
      seed: BigInt(seed),
      guidance: { cfg: sampling.cfg, schedule: sampling.cfgSchedule },
      signal: listener.signal,
      onToken: async (finished, readTokens) => {
        listener.onToken(finished);
        if (!this.#pace.isDue || !listener.wantsPreview(finished)) return;
        const images = await this.#preview(readTokens, count);
        listener.onPreview(finished, images);
      },
    });
    return await this.#decoded(z, count);
  }

  /** The first `count` images of a batch in the making. */
  async #preview(
    readTokens: ReadTokens,
    count: number,
  ): Promise<readonly Painted[]> {
    // Reading waits for what a GPU still has to do, which is no cost.
    const z = await readTokens();
    return await this.#pace.show(() => this.#decoded(z, count));
  }

  /** The first `count` images of a batch, from its tokens [batch, N, d]. */
  async #decoded(z: HostTensor, count: number): Promise<readonly Painted[]> {
    const { images } = await this.#decoder.decode(z, { count, traced: false });
    const size = z.data.length / this.batch;
    return picturesOf(images).map((picture, row) => ({
      picture,
      tokens: Float32Array.from(z.data.subarray(row * size, (row + 1) * size)),
    }));
  }

  /** Frees programs and caches. */
  dispose(): void {
    for (const sampler of this.#samplers.values()) sampler.dispose();
    this.#samplers.clear();
    this.#decoder.dispose();
  }

  async #samplerOf(sampling: Sampling): Promise<Sampler> {
    const { solver, steps, cfg, cfgSchedule: schedule } = sampling;
    const key = JSON.stringify([solver, steps, isGuided({ cfg, schedule })]);
    const known = this.#samplers.get(key);
    if (known !== undefined) {
      this.#samplers.delete(key);
      this.#samplers.set(key, known);
      return known;
    }
    // The oldest goes first, so that memory never holds one more.
    const [oldest] = this.#samplers;
    if (oldest !== undefined && this.#samplers.size >= KEPT_SAMPLERS) {
      this.#samplers.delete(oldest[0]);
      oldest[1].dispose();
    }
    const options = samplerOptions(sampling, this.batch);
    const { ar } = this.#generator;
    const made = await Sampler.create(this.#engine, ar, options);
    this.#samplers.set(key, made);
    return made;
  }
}
