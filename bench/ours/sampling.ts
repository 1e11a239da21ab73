import { arShapes, vaeShapes } from "../../lib/model/mod.ts";
import { FrozenModel } from "../../lib/nn/mod.ts";
import { decoderParts, Sampler } from "../../lib/sample/mod.ts";
import type { CountedEngine } from "../../lib/tensor/mod.ts";
import { packWeights } from "../../lib/workflow/models/mod.ts";
import type { Contestant, Work } from "../work.ts";
import { secondsOf } from "./timed.ts";
import { randomTensor, randomWeights } from "./weights.ts";

/** Tokens after the first, as the sampler of the product makes them. */
export async function sampling(
  engine: CountedEngine,
  work: Work<"sampling">,
): Promise<Contestant> {
  const { images } = work;
  const sampler = await samplerOf(engine, work);
  return {
    measure: (iterations) =>
      tokenSeconds(sampler, { engine, images, iterations }),
    close: async () => {
      sampler.dispose();
      await Promise.resolve();
    },
  };
}

/** Starts a batch, stops it after `iterations` tokens behind the first. */
async function tokenSeconds(
  sampler: Sampler,
  { engine, images, iterations }: {
    engine: CountedEngine;
    images: number;
    iterations: number;
  },
): Promise<number[]> {
  const stop = new AbortController();
  const marks: number[] = [];
  const onToken = (finished: number) => {
    if (finished === 1) engine.reset();
    marks.push(performance.now());
    if (finished > iterations) stop.abort();
  };
  try {
    await sampler.sample({
      classes: new Int32Array(images),
      indices: Uint32Array.from({ length: images }, (_, i) => i),
      seed: 1n,
      onToken,
      signal: stop.signal,
    });
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  }
  return marks.slice(1).map((mark, i) => (mark - marks[i]!) / 1000);
}

/** Whole batches, as the product samples and decodes them. */
export async function images(
  engine: CountedEngine,
  { vae, ...work }: Work<"images">,
): Promise<Contestant> {
  const count = work.images;
  const sampler = await samplerOf(engine, work);
  const decoder = await decoderOf(engine, { vae, images: count });
  const request = {
    classes: new Int32Array(count),
    indices: Uint32Array.from({ length: count }, (_, i) => i),
    seed: 1n,
  };
  const make = async () => decoder.run({ z: await sampler.sample(request) });
  return {
    measure: (iterations) => {
      engine.reset();
      return secondsOf(make, iterations);
    },
    close: async () => {
      sampler.dispose();
      decoder.dispose();
      await Promise.resolve();
    },
  };
}

/** Decoding of one batch, downloaded. */
export async function decoding(
  engine: CountedEngine,
  { vae, images }: Work<"decoding">,
): Promise<Contestant> {
  const decoder = await decoderOf(engine, { vae, images });
  const tokens = (vae.image_size / vae.patch_size) ** 2;
  const z = randomTensor([images, tokens, vae.latent_dim]);
  return {
    measure: (iterations) => {
      engine.reset();
      return secondsOf(() => decoder.run({ z }), iterations);
    },
    close: async () => {
      decoder.dispose();
      await Promise.resolve();
    },
  };
}

async function samplerOf(
  engine: CountedEngine,
  { ar, images, steps, guidance, weights = "f32" }: Omit<
    Work<"sampling">,
    "kind"
  >,
): Promise<Sampler> {
  const drawn = packWeights(randomWeights(arShapes(ar)), weights);
  const model = { config: ar, weights: drawn };
  return await Sampler.create(engine, model, {
    images,
    steps,
    guidance,
    solver: "euler-maruyama",
  });
}

async function decoderOf(
  engine: CountedEngine,
  { vae, images }: Omit<Work<"decoding">, "kind">,
): Promise<FrozenModel> {
  const model = { config: vae, weights: randomWeights(vaeShapes(vae)) };
  return await FrozenModel.create(engine, decoderParts(model, images));
}
