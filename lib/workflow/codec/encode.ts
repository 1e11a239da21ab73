import type { StageContext } from "../../pipeline/mod.ts";
import { FrozenModel } from "../../nn/mod.ts";
import { encoderParts, type VaeModel } from "../../sample/mod.ts";
import {
  type Engine,
  type HostTensor,
  hostTensor,
  type Shape,
  zeros,
} from "../../tensor/mod.ts";
import { CENTRE, type View } from "../../image/mod.ts";
import { type LatentLaw, lawOf } from "../../model/mod.ts";
import { Ahead } from "../../train/mod.ts";
import {
  type HostPosterior,
  type ImageSource,
  mapPosterior,
} from "../sets/mod.ts";
import { drawEach } from "./draw.ts";

/** A trained encoder, compiled for one batch size. */
export class ViewEncoder {
  readonly #encoder: FrozenModel<string>;
  readonly #batch: number;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(encoder: FrozenModel<string>, batch: number) {
    this.#encoder = encoder;
    this.#batch = batch;
  }

  /** @param options.batch views in one engine call */
  static async create(
    vae: VaeModel,
    { engine, batch }: { readonly engine: Engine; readonly batch: number },
  ): Promise<ViewEncoder> {
    const encoder = await FrozenModel.create(engine, encoderParts(vae, batch));
    return new ViewEncoder(encoder, batch);
  }

  /**
   * Encodes views of images.
   *
   * @param tools.onViews told of views that are done
   * @param tools.signal ends it between engine calls
   * @returns f32 [views, N, ..] of every part
   */
  async encode(
    images: ImageSource,
    views: readonly View[],
    { signal, onViews }: {
      readonly signal?: AbortSignal;
      readonly onViews?: (count: number) => void;
    } = {},
  ): Promise<HostPosterior> {
    const batch = this.#batch;
    const found: Record<string, HostTensor<"f32">> = {};
    const partAt = (start: number) => views.slice(start, start + batch);
    const rendered = new Ahead<HostTensor<"f32">>({
      from: 0,
      to: Math.ceil(views.length / batch),
      // The last batch is filled up: programs have one batch size.
      make: (number, used) =>
        images.render(filled(partAt(number * batch), batch), used),
      bytesOf: ({ data }) => data.byteLength,
    });
    for (let start = 0; start < views.length; start += batch) {
      signal?.throwIfAborted();
      const { length } = partAt(start);
      const shown = await rendered.take();
      const running = this.#run(shown);
      rendered.prepare();
      const posterior = await running;
      rendered.giveBack(shown);
      for (const [name, { shape, data }] of Object.entries(posterior)) {
        const rest = shape.slice(1);
        const stored = found[name] ??= zeros("f32", [views.length, ...rest]);
        const size = data.length / batch;
        stored.data.set(data.subarray(0, length * size), start * size);
      }
      onViews?.(length);
    }
    return mapPosterior(found, (part) => part);
  }

  /** Runs at its turn: a program's outputs are those of its last run. */
  #run(images: HostTensor<"f32">): Promise<Record<string, HostTensor>> {
    const running = this.#last.then(() => this.#encoder.run({ images }));
    this.#last = running.catch(() => {});
    return running;
  }

  dispose(): void {
    this.#encoder.dispose();
  }
}

/** Views as many as a batch has, the first one again where they are fewer. */
function filled(views: readonly View[], batch: number): readonly View[] {
  return Array.from({ length: batch }, (_, i) => views[i] ?? views[0]!);
}

/** What is encoded, and with what. */
export interface EncodeOptions
  extends Pick<StageContext, "progress" | "signal" | "seed"> {
  readonly images: ImageSource;
  /** Images in one engine call. */
  readonly batch: number;
  readonly engine: Engine;
}

/** Posteriors of images, and one draw of each. */
export interface EncodedImages {
  readonly posterior: HostPosterior;
  readonly law: LatentLaw;
  /** f32 [n, N, d]. */
  readonly sample: HostTensor<"f32">;
}

/** Encodes images as they are and draws one latent of each posterior. */
export async function encodeImages(
  vae: VaeModel,
  { images, progress, ...tools }: EncodeOptions,
): Promise<EncodedImages> {
  const { count } = images;
  const upright = Array.from({ length: count }, (_, picture) => ({
    picture,
    crop: CENTRE,
    flip: false,
  }));
  const task = progress.start({ total: count, unit: "image" });
  const encoder = await ViewEncoder.create(vae, tools);
  const posterior = await encoder.encode(images, upright, {
    signal: tools.signal,
    onViews: (count) => task.advance(count),
  });
  encoder.dispose();
  task.finish();
  const law = lawOf(vae.config);
  const sample = await drawEach(posterior, law, tools);
  return { posterior, sample, law };
}

/** [n, ..] as [n, 1, ..]: the one view of each image. */
export function asOneView({ dtype, shape, data }: HostTensor): HostTensor {
  const [count, ...rest] = shape as [number, ...Shape];
  return hostTensor(dtype, [count, 1, ...rest], data as never);
}
