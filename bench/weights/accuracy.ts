import { FrozenModel } from "../../lib/nn/mod.ts";
import { type ArtifactReader, openArtifact } from "../../lib/artifact/mod.ts";
import { createOnnxEngine } from "../../lib/engine/onnx/mod.ts";
import { mean, peakSignalNoise } from "../../lib/metric/mod.ts";
import {
  decoderParts,
  Sampler,
  type SamplingOptions,
  toBytes,
} from "../../lib/sample/mod.ts";
import type { Engine, HostTensor } from "../../lib/tensor/mod.ts";
import { generatorOf, readAr, readVae } from "../../lib/workflow/models/mod.ts";
import {
  WEIGHTS_DTYPES,
  type WeightsDType,
} from "../../lib/workflow/options/mod.ts";

/** How far images are from those of f32 weights. */
export interface Accuracy {
  /** Of all tokens: root of the mean square of the difference, over that of a token. */
  readonly tokenDistance: number;
  /** Mean of the images' peak signal-to-noise ratios. */
  readonly pixelDecibels: number;
}

/** Whose images, and how many. */
export interface AccuracyRun extends SamplingOptions {
  readonly model?: string;
  readonly ar?: string;
  readonly svae?: string;
  readonly count: number;
}

/** What a model made. */
export interface Made {
  readonly tokens: HostTensor;
  /** u8 [B, H, W, 3]. */
  readonly images: HostTensor<"u8">;
}

type Files = ReturnType<typeof generatorOf<ArtifactReader>>;

/** The seed of all runs, and another one: what chance alone does. */
const [SEED, OTHER_SEED] = [1n, 2n];

/** Samples the same images with weights in every type. */
export async function measureAccuracy(
  { model, ar, svae, ...run }: AccuracyRun,
): Promise<Record<string, Accuracy>> {
  const open = async (path: string | undefined) =>
    path === undefined ? undefined : await openArtifact(path);
  const files = generatorOf({
    model: await open(model),
    ar: await open(ar),
    svae: await open(svae),
  });
  const engine = await createOnnxEngine();
  try {
    const make = (dtype: WeightsDType, seed: bigint) =>
      sampleImages(engine, files, { ...run, dtype, seed });
    const exact = await make("f32", SEED);
    const document: Record<string, Accuracy> = {};
    for (const dtype of WEIGHTS_DTYPES.filter((each) => each !== "f32")) {
      document[dtype] = accuracyOf(await make(dtype, SEED), exact);
    }
    const other = await make("f32", OTHER_SEED);
    document["f32, other seed"] = accuracyOf(other, exact);
    return document;
  } finally {
    await engine.close();
    for (const reader of new Set<ArtifactReader>(Object.values(files))) {
      reader.close();
    }
  }
}

async function sampleImages(
  engine: Engine,
  files: Files,
  { count, dtype, seed, ...options }: Omit<AccuracyRun, "model"> & {
    readonly dtype: WeightsDType;
    readonly seed: bigint;
  },
): Promise<Made> {
  const ar = await readAr(files.ar, dtype);
  const vae = await readVae(files.svae);
  const sampler = await Sampler.create(engine, ar, {
    ...options,
    images: count,
  });
  const decoder = await FrozenModel.create(engine, decoderParts(vae, count));
  const known = ar.config.num_classes;
  const tokens = await sampler.sample({
    classes: Int32Array.from({ length: count }, (_, i) => i % known),
    indices: Uint32Array.from({ length: count }, (_, i) => i),
    seed,
  });
  const images = toBytes((await decoder.run({ z: tokens })).images);
  sampler.dispose();
  decoder.dispose();
  return { tokens, images };
}

/** How far the same images lie from exact ones. */
export function accuracyOf(found: Made, exact: Made): Accuracy {
  const pair = { images: found.images, reference: exact.images };
  let [difference, size] = [0, 0];
  exact.tokens.data.forEach((value, i) => {
    difference += (found.tokens.data[i]! - value) ** 2;
    size += value ** 2;
  });
  return {
    tokenDistance: Math.sqrt(difference / size),
    pixelDecibels: mean(peakSignalNoise(pair)),
  };
}
