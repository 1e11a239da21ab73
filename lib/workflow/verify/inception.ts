import { crc32 } from "node:zlib";
import { z } from "zod";
import { FeatureExtractor, type FeatureModel } from "../../metric/mod.ts";
import {
  FEATURE_NETWORKS,
  type InceptionConfig,
  type ParameterSource,
} from "../../model/mod.ts";
import {
  type Engine,
  hostTensor,
  type Shape,
  sizeOf,
} from "../../tensor/mod.ts";
import type { Recording } from "../recording/mod.ts";
import type { Check } from "./check.ts";

const NETWORK = FEATURE_NETWORKS["inception-2015-12-05"];
const CONFIG: InceptionConfig = { name: "inception-2015-12-05" };

/** Shapes of the network that was recorded, by the names of its PyTorch form. */
const RECORDED = z.object({
  keys: z.record(z.string(), z.array(z.int().min(0))),
});

/** What our features are called in recordings. */
const OUTPUTS: Readonly<Record<string, string>> = {
  pool_3: "pool_3",
  spatial: "spatial",
  logits: "logits_unbiased",
};

/** Float32 through 94 convolutions, on either side. */
const TOLERANCE = 1e-3;

/** Images of one run of an engine. */
const BATCH = 2;

/** Longest side of an image, in pixels: a resized image has a weight for each. */
const MOST_PIXELS = 16_384;

/**
 * Inception of 2015-12-05 on images of several sizes, which are in the names of
 * the tensors: `in/SIZE/images`, and `out/SIZE/FEATURE` of each feature that was
 * recorded.
 */
export async function* inceptionCase(
  recording: Recording,
  engine: Engine,
): AsyncGenerator<Check> {
  const { keys } = recording.config(RECORDED);
  const model = { config: CONFIG, weights: formulaWeights(recording, keys) };
  for (const input of recording.names("in/")) {
    const [, size = "", ...rest] = input.split("/");
    if (rest.join("/") !== "images") {
      throw recording.error(`unknown input "${input}"`);
    }
    yield* imagesCase({ recording, engine, model }, size);
  }
}

async function* imagesCase(
  { recording, engine, model }: {
    readonly recording: Recording;
    readonly engine: Engine;
    readonly model: FeatureModel;
  },
  size: string,
): AsyncGenerator<Check> {
  const input = `in/${size}/images`;
  const images = await recording.read(input);
  const { dtype, shape: [, height = 0, width = 0, channels] } = images;
  const fits = dtype === "u8" && channels === 3 && images.data.length > 0 &&
    Math.max(height, width) <= MOST_PIXELS;
  if (!fits) {
    throw recording.error(
      `tensor "${input}" is ${dtype} [${images.shape}], expected u8 ` +
        `[images, height, width, 3] of at most ${MOST_PIXELS} pixels a side`,
    );
  }
  const batch = Math.min(BATCH, images.shape[0]!);
  const options = { height, width, batch };
  const extractor = await FeatureExtractor.create(engine, model, options);
  const features = await extractor.extract(images);
  extractor.dispose();
  for (const [feature, actual] of Object.entries(features)) {
    const tensor = `out/${size}/${OUTPUTS[feature]}`;
    if (!recording.reader.tensors.has(tensor)) continue;
    const expected = await recording.read(tensor, actual.shape);
    yield { tensor, actual, expected, tolerance: TOLERANCE };
  }
}

/** Our weights from the formula's, which recordings do not hold. */
function formulaWeights(
  recording: Recording,
  keys: Readonly<Record<string, Shape>>,
): FeatureModel["weights"] {
  const sources = NETWORK.published[0]!.sources(CONFIG);
  const shapes = NETWORK.shapes(CONFIG);
  const weights = Object.entries(sources).map(([name, source]) => {
    checkSource(recording, source, keys);
    const tensors = Object.entries(source.of).map(([key, shape]) =>
      formula(key, shape)
    );
    const data = source.make(tensors);
    return [name, hostTensor("f32", shapes[name]!, data)] as const;
  });
  return Object.fromEntries(weights);
}

function checkSource(
  recording: Recording,
  { of }: ParameterSource,
  keys: Readonly<Record<string, Shape>>,
): void {
  for (const [key, shape] of Object.entries(of)) {
    const found = Object.hasOwn(keys, key) ? keys[key] : undefined;
    if (found?.join() === shape.join()) continue;
    throw recording.error(
      `config.keys: ${JSON.stringify(key)} is ` +
        `${
          found === undefined ? "missing" : `[${found}]`
        }, expected [${shape}]`,
    );
  }
}

/** Weights by their name alone (test/golden/inception.py has the formula too). */
function formula(name: string, shape: Shape): Float32Array<ArrayBuffer> {
  const start = crc32(name);
  const deviation = Math.sqrt(6 / sizeOf(shape.slice(1)));
  const spread = name.endsWith("running_var")
    ? (u: number) => 0.5 + u
    : name.endsWith("bn.weight")
    ? (u: number) => 1 + 0.2 * (2 * u - 1)
    : shape.length > 1
    ? (u: number) => (2 * u - 1) * deviation
    : (u: number) => 0.2 * (2 * u - 1);
  const weights = new Float32Array(sizeOf(shape));
  for (let i = 0; i < weights.length; i++) {
    weights[i] = spread(hashed(start + Math.imul(i, 0x9E3779B9)) / 2 ** 32);
  }
  return weights;
}

/** The 32-bit finaliser of MurmurHash3 (Austin Appleby, public domain). */
function hashed(value: number): number {
  let h = value >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85EBCA6B);
  h = Math.imul(h ^ (h >>> 13), 0xC2B2AE35);
  return (h ^ (h >>> 16)) >>> 0;
}
