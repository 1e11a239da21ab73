import { z } from "zod";
import { FeatureExtractor, type FeatureModel } from "../../metric/mod.ts";
import {
  FEATURE_NETWORKS,
  type FeatureNetwork,
  type FeatureNetworkConfig,
  type FeatureNetworkName,
  type ParameterSource,
} from "../../model/mod.ts";
import {
  type Engine,
  hostTensor,
  type Shape,
  sizeOf,
} from "../../tensor/mod.ts";
import { fitImages, fittingOf } from "../features/mod.ts";
import type { Recording } from "../recording/mod.ts";
import type { Check, VerifyCase } from "./check.ts";
import { formulaWeights } from "./formula.ts";

/** Shapes of the network that was recorded, by the names of its own file. */
const RECORDED = z.object({
  keys: z.record(z.string(), z.array(z.int().min(0))),
});

/** Most numbers that a recording may ask the formula for. */
const MOST_NUMBERS = 50_000_000;

/** Images of one run of an engine. */
const BATCH = 2;

/** Longest side of an image, in pixels: a resized image has a weight for each. */
const MOST_PIXELS = 16_384;

/** A recorded network of features. */
export interface RecordedNetwork {
  readonly network: FeatureNetworkName;
  /** What its features are called in recordings. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Largest error, relative to the largest feature. */
  tolerance(engine: Engine): number;
}

/**
 * A network of features on images of several sizes, which are in the names of the
 * tensors: `in/SIZE/images`, and `out/SIZE/FEATURE` of each feature that was
 * recorded. Its weights are a formula of their names.
 */
export function featuresCase(recorded: RecordedNetwork): VerifyCase {
  return async function* (recording, engine) {
    const model = modelOf(recording, recorded.network);
    for (const input of recording.names("in/")) {
      const [, size = "", ...rest] = input.split("/");
      if (rest.join("/") !== "images") {
        throw recording.error(`unknown input "${input}"`);
      }
      yield* checkImages({ recording, engine, model, size }, recorded);
    }
  };
}

async function* checkImages(
  { recording, engine, model, size }: {
    readonly recording: Recording;
    readonly engine: Engine;
    readonly model: FeatureModel;
    readonly size: string;
  },
  { outputs, tolerance }: RecordedNetwork,
): AsyncGenerator<Check> {
  const input = `in/${size}/images`;
  const images = await recording.read(input);
  const { dtype, shape: [count = 0, height = 0, width = 0, channels] } = images;
  const fits = dtype === "u8" && channels === 3 && images.data.length > 0 &&
    Math.max(height, width) <= MOST_PIXELS;
  if (!fits) {
    throw recording.error(
      `tensor "${input}" is ${dtype} [${images.shape}], expected u8 ` +
        `[images, height, width, 3] of at most ${MOST_PIXELS} pixels a side`,
    );
  }
  const name = recording.reader.name;
  const fitting = fittingOf(model, { name, height, width });
  const extractor = await FeatureExtractor.create(engine, model, {
    ...fitting,
    batch: Math.min(BATCH, count),
  });
  const features = await extractor.extract(fitImages(images, fitting));
  extractor.dispose();
  for (const [feature, actual] of Object.entries(features)) {
    const tensor = `out/${size}/${outputs[feature]}`;
    if (!recording.reader.tensors.has(tensor)) continue;
    const expected = await recording.read(tensor, actual.shape);
    yield { tensor, actual, expected, tolerance: tolerance(engine) };
  }
}

/** The recorded network with our weights, made of the formula's. */
function modelOf(recording: Recording, name: FeatureNetworkName): FeatureModel {
  const { keys } = recording.config(RECORDED);
  const network: FeatureNetwork<FeatureNetworkConfig> = FEATURE_NETWORKS[name];
  const form = network.published[0]!;
  const config = form.configOf(new Map(Object.entries(keys)));
  network.check(config);
  const shapes = network.shapes(config);
  const numbers = Object.values(shapes)
    .reduce((sum, shape) => sum + sizeOf(shape), 0);
  // Written so that NaN fails.
  if (!(numbers <= MOST_NUMBERS)) {
    throw recording.error(
      `config.keys: expected at most ${MOST_NUMBERS} weights, found ${numbers}`,
    );
  }
  const weights = Object.entries(form.sources(config)).map(([name, source]) => {
    checkSource(recording, source, keys);
    const tensors = Object.entries(source.of)
      .map(([key, shape]) => formulaWeights(key, shape));
    const data = source.make(tensors);
    return [name, hostTensor("f32", shapes[name]!, data)] as const;
  });
  return { config, weights: Object.fromEntries(weights) };
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
