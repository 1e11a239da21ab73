import { type ArtifactFacts, plannedArtifact } from "../../artifact/mod.ts";
import { lawOf } from "../../model/mod.ts";
import type { Estimate } from "../../pipeline/mod.ts";
import type { Sampling } from "../../preset/mod.ts";
import { Sampler } from "../../sample/mod.ts";
import { countRuns, type ProgramRuns, timesRuns } from "../../tensor/mod.ts";
import { countDecoding } from "../codec/mod.ts";
import { countedAr, countedVae, generatorOf } from "../models/mod.ts";
import { numbersOf } from "../options/mod.ts";
import { stringsOf } from "../sets/mod.ts";
import { classesOf } from "./classes.ts";
import { chosenIndices } from "./indices.ts";
import { batchOf, type SampleOptions } from "./plan.ts";
import { fitted, type Generator, samplerOptions } from "./sampling.ts";

/** What an estimate of the stage is made from. */
interface Given {
  readonly options: SampleOptions;
  readonly seed: number;
  readonly inputs: Readonly<
    Record<"model" | "ar" | "svae" | "like", ArtifactFacts | undefined>
  >;
}

/**
 * What `sample` would do and leave: one batch is sampled on an engine that
 * counts. Undefined for replays, whose recording says how many there are.
 */
export async function estimateSamples(
  { options, inputs, seed }: Given,
): Promise<Estimate | undefined> {
  if (options.noise !== undefined) return undefined;
  const files = generatorOf(inputs);
  const generator = fitted({
    ar: countedAr(files.ar, options.weightsDtype),
    vae: countedVae(files.svae),
  });
  const { config } = generator.ar;
  const { numbers } = await numbersOf(config, options);
  const names = stringsOf(files.ar, "classes");
  const { perClass } = numbers;
  const indices = chosenIndices(options);
  const images = inputs.like?.sizes["images"] ??
    classesOf(options, { names, perClass, seed, indices }).length;
  const guidance = { cfg: numbers.cfg, schedule: numbers.cfgSchedule };
  const batch = batchOf(config, { ...options, guidance, images });
  const amount = { images, batch };
  return {
    amount: `${images.toLocaleString("en-US")} images`,
    work: [
      ...await countSampling(generator, { ...amount, numbers }),
      ...await countDecoding(generator.vae, amount),
    ],
    outputs: { samples: samplesOf(generator, { images, names }) },
  };
}

/** Runs of the AR model's programs for some images. */
async function countSampling(
  { ar }: Generator,
  { images, batch, numbers }: {
    readonly images: number;
    readonly batch: number;
    readonly numbers: Sampling;
  },
): Promise<readonly ProgramRuns[]> {
  let once: readonly ProgramRuns[] = [];
  const ofBatch = await countRuns(async (engine) => {
    const options = samplerOptions(numbers, batch);
    const sampler = await Sampler.create(engine, ar, options);
    once = engine.programRuns();
    engine.reset();
    await sampler.sample({
      classes: new Int32Array(batch),
      indices: new Uint32Array(batch),
      seed: 0n,
    });
  });
  return [...once, ...timesRuns(ofBatch, Math.ceil(images / batch))];
}

function samplesOf(
  { ar: { config }, vae }: Generator,
  { images, names }: {
    readonly images: number;
    readonly names: readonly string[];
  },
) {
  const { image_size: size } = vae.config;
  return plannedArtifact("samples", {
    kind: "samples",
    tensors: {
      images: { dtype: "u8", shape: [images, size, size, 3] },
      labels: { dtype: "i32", shape: [images] },
      tokens: {
        dtype: "f32",
        shape: [images, config.grid ** 2, config.latent_dim],
      },
    },
    config: { classes: names, size, ...lawOf(config) },
  });
}
