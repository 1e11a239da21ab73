import {
  type Decoded,
  type Guidance,
  ImageDecoder,
  PreviewPace,
  type ReadTokens,
  Sampler,
  type SamplerOptions,
} from "../../sample/mod.ts";
import type { Engine, HostTensor } from "../../tensor/mod.ts";
import type { Generator } from "../model/model_bytes.ts";
import { batchSize } from "./batches.ts";
import type {
  Picture,
  Preparation,
  SampleJob,
  WantedImage,
} from "./messages.ts";

/** Of previews in the time: who draws alone wants to see it grow. */
const SHARE = 0.3;

/** What a job tells while it runs. */
export interface JobEvents {
  /** Called after each token, with those of all images so far. */
  onTokens(tokens: number, of: number): void;
  /** Called with a batch in the making now and then, and when it is finished. */
  onPictures(pictures: readonly Picture[]): void;
  readonly signal: AbortSignal;
}

/** Programs for one batch size and choice of options. */
interface Programs {
  readonly batch: number;
  readonly sampler: Sampler;
  readonly decoder: ImageDecoder;
}

/** Samples images of one model on one engine, a job at a time. */
export class Session {
  readonly #engine: Engine;
  readonly #generator: Generator;
  readonly #most: number;
  /** Those that are there or compiled, and what they are for. */
  #latest:
    | { readonly key: string; readonly made: Promise<Programs> }
    | undefined;

  /** @param options.most images of a batch that the GPU has room for */
  constructor(
    engine: Engine,
    generator: Generator,
    { most }: { readonly most: number },
  ) {
    this.#engine = engine;
    this.#generator = generator;
    this.#most = most;
  }

  /** Compiles what jobs need, unless it is there or under way. */
  async prepare(wanted: Preparation): Promise<void> {
    await this.#programsFor(wanted);
  }

  /** Samples the images of a job, batch by batch. */
  async sample(job: SampleJob, events: JobEvents): Promise<void> {
    const { images, choice } = job;
    const count = images.length;
    const programs = await this.#programsFor({ count, choice });
    for (let start = 0; start < images.length; start += programs.batch) {
      await this.#sampleBatch(programs, { job, start, events });
    }
  }

  async #sampleBatch(
    { sampler, decoder, batch }: Programs,
    { job: { seed, images }, start, events }: {
      readonly job: SampleJob;
      readonly start: number;
      readonly events: JobEvents;
    },
  ): Promise<void> {
    const wanted = images.slice(start, start + batch);
    const count = wanted.length;
    const perImage = this.#generator.ar.config.grid ** 2;
    const pace = new PreviewPace(() => performance.now(), { share: SHARE });
    const show = async (z: HostTensor, finished: number) => {
      const decoded = await decoder.decode(z, { count, traced: false });
      events.onPictures(picturesOf(z, decoded, { start, finished }));
    };
    const onToken = async (finished: number, readTokens: ReadTokens) => {
      const tokens = start * perImage + count * finished;
      events.onTokens(tokens, images.length * perImage);
      if (!pace.isDue || finished === perImage) return;
      // Reading waits for what the GPU still has to do, which is no cost.
      const z = await readTokens();
      await pace.show(() => show(z, finished));
    };
    // The last batch is filled up: programs have one size.
    const rows = Array.from({ length: batch }, (_, i) => wanted[i % count]!);
    const z = await sampler.sample({
      ...rowsOf(rows),
      seed: BigInt(seed),
      signal: events.signal,
      onToken,
    });
    // A GPU may be behind its tokens: who cancels then wants no pictures either.
    events.signal.throwIfAborted();
    await show(z, perImage);
  }

  #programsFor(
    { count, choice: { solver, steps, cfg, cfgSchedule } }: Preparation,
  ): Promise<Programs> {
    const { ar } = this.#generator;
    const guidance: Guidance = { cfg, schedule: cfgSchedule };
    const most = this.#most;
    const images = batchSize(count, { ar: ar.config, guidance, most });
    const options = { images, solver, steps, guidance };
    const key = JSON.stringify(options);
    if (this.#latest?.key === key) return this.#latest.made;
    this.#latest?.made.then(dispose, () => {});
    const made = this.#make(options);
    this.#latest = { key, made };
    made.catch(() => {
      if (this.#latest?.made === made) this.#latest = undefined;
    });
    return made;
  }

  async #make(options: SamplerOptions): Promise<Programs> {
    const { ar, vae } = this.#generator;
    const { images: batch } = options;
    // Both at once: then there is work for every core until the last program.
    const making = [
      Sampler.create(this.#engine, ar, options),
      ImageDecoder.create(this.#engine, vae, batch),
    ] as const;
    try {
      const [sampler, decoder] = await Promise.all(making);
      return { batch, sampler, decoder };
    } catch (error) {
      for (const made of await Promise.allSettled(making)) {
        if (made.status === "fulfilled") made.value.dispose();
      }
      throw error;
    }
  }
}

function dispose({ sampler, decoder }: Programs): void {
  sampler.dispose();
  decoder.dispose();
}

function rowsOf(rows: readonly WantedImage[]) {
  return {
    classes: Int32Array.from(rows, ({ label }) => label),
    indices: Uint32Array.from(rows, ({ index }) => index),
  };
}

function picturesOf(
  { shape, data }: HostTensor,
  { images }: Decoded,
  { start, finished }: { readonly start: number; readonly finished: number },
): Picture[] {
  const [, tokens, d] = shape as [number, number, number];
  const [count, ...size] = images.shape as [number, number, number, number];
  const bytes = size.reduce((product, n) => product * n, 1);
  return Array.from({ length: count }, (_, i) => {
    const own = data.subarray(i * tokens * d, (i + 1) * tokens * d);
    return {
      position: start + i,
      pixels: images.data.slice(i * bytes, (i + 1) * bytes),
      tokens: Float32Array.from(own).fill(0, finished * d),
      finished,
    };
  });
}
