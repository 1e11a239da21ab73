import {
  type ArtifactKind,
  type ArtifactReader,
  assertFinite,
  type JsonRecord,
  UserError,
} from "../../artifact/mod.ts";
import {
  type FeatureMoments,
  FeatureSet,
  type FeatureSource,
  type KnownMoments,
} from "../../metric/mod.ts";
import { type HostTensor, hostTensor } from "../../tensor/mod.ts";
import {
  type FeatureWork,
  madeBy,
  openPixels,
  type PictureOrigin,
  type PixelSource,
  takeFeatures,
} from "../features/mod.ts";
import { readNetwork } from "../models/mod.ts";
import type { Shards } from "../pieces/mod.ts";
import { precisionOf } from "./conditions.ts";
import { originIn, originSaid } from "./origin.ts";

/** A set of images that figures are made of, and what is known of it. */
export interface MeasuredSet {
  readonly set: FeatureSet;
  /** Name of the network whose features it has; none where there are none. */
  readonly network: string | undefined;
  /** Digest of that network's weights, where that is known. */
  readonly weights: string | undefined;
  /** Height and width of the images in pixels, where that is known. */
  readonly size: readonly [height: number, width: number] | undefined;
  /** What a network kept floats in where that is less than f32. */
  readonly precision?: string;
  /** What the images were as pictures, where that is known. */
  readonly origin: PictureOrigin | undefined;
  /** The images themselves, where they are given. */
  readonly pixels: PixelSource | undefined;
  /** Where features that were taken of them lie. */
  readonly pieces?: Shards;
  /** What stands beside figures of it. */
  readonly said: JsonRecord;
}

/** What opening a set may need. */
export interface SetTools extends Omit<FeatureWork, "images" | "scratch"> {
  /** Which input it is, for messages and for its place among the pieces. */
  readonly role: string;
  /** The network that looks at images, where one is given. */
  readonly network: ArtifactReader | undefined;
  /** Height and width that encoded images of different sizes are cut to. */
  readonly size?: number | undefined;
  /** Moments of the same set that are known; those that are asked for are added. */
  readonly known?: KnownMoments | undefined;
  scratch(name: string): string;
}

/** Kinds that hold the images themselves. */
export const WITH_IMAGES: readonly ArtifactKind[] = ["images", "samples"];

/**
 * Opens a set: features are taken of images where a network is given, in
 * pieces that survive a kill.
 *
 * @throws {UserError} where the file does not fit the network
 */
export async function openMeasured(
  reader: ArtifactReader,
  tools: SetTools,
): Promise<MeasuredSet> {
  const moments = await readMoments(reader);
  const said = { file: reader.name, digest: await reader.digest() };
  if (!WITH_IMAGES.includes(reader.kind)) {
    const { known } = tools;
    return await openTaken(reader, { moments, said, known });
  }
  const pixels = await openPixels(reader, {
    ...tools,
    size: undefined,
    otherwise: tools.size,
  });
  try {
    return await openGiven(reader, { pixels, moments, said, tools });
  } catch (error) {
    pixels[Symbol.dispose]();
    throw error;
  }
}

/** A set whose images are given, with their features where a network is. */
async function openGiven(
  reader: ArtifactReader,
  { pixels, moments, said: file, tools }: {
    readonly pixels: PixelSource;
    readonly moments: Readonly<Record<string, FeatureMoments>>;
    readonly said: JsonRecord;
    readonly tools: SetTools;
  },
): Promise<MeasuredSet> {
  const { name, count, height, width, labels, origin } = pixels;
  const { network } = tools;
  const { skipped, sampling, models } = reader.config;
  const base = { name, count, moments, ...labels && { labels } };
  const common = {
    size: [height, width] as const,
    origin,
    pixels,
    said: {
      ...file,
      ...originSaid(origin),
      ...skipped !== undefined && { skipped },
      ...madeBy(reader),
      ...sampling !== undefined && { config: { sampling, models } },
    },
  };
  if (network === undefined) {
    const { form } = reader.config;
    const known = Object.keys(moments).length > 0 && typeof form === "string";
    return {
      ...common,
      set: new FeatureSet({ ...base, widths: {}, read: missing }),
      network: known ? form : undefined,
      weights: undefined,
    };
  }
  const model = await readNetwork(network);
  const { pieces, ...taken } = await takeFeatures(model, {
    ...tools,
    images: pixels,
    scratch: (name) => tools.scratch(`${tools.role}/${name}`),
  });
  return {
    ...common,
    set: new FeatureSet({ ...base, ...taken }, tools.known),
    pieces,
    network: model.config.name,
    weights: network.inputs["weights"] ?? await network.digest(),
  };
}

/** A set of which an artifact has features, or statistics alone. */
async function openTaken(
  reader: ArtifactReader,
  { moments, said, known }: {
    readonly moments: Readonly<Record<string, FeatureMoments>>;
    readonly said: JsonRecord;
    readonly known: KnownMoments | undefined;
  },
): Promise<MeasuredSet> {
  const { config, sizes, tensors } = reader;
  const labels = tensors.has("labels")
    ? await reader.read("labels")
    : undefined;
  const source: FeatureSource = {
    name: reader.name,
    count: sizes["images"] ?? numberIn(config, "images") ?? Infinity,
    moments,
    ...labels && { labels },
    widths: reader.kind === "features" ? widthsIn(tensors) : {},
    async read(name) {
      const values = await reader.read(name);
      assertFinite(values, { name, file: reader.name });
      return values;
    },
  };
  const [height, width] = ["height", "width"].map((key) =>
    numberIn(config, key)
  );
  const { weights, source: images } = config;
  const origin = originIn(images);
  const precision = precisionOf(reader.recipe);
  const form = reader.form ?? config["form"];
  return {
    set: new FeatureSet(source, known),
    network: typeof form === "string" ? form : undefined,
    weights: typeof weights === "string" ? weights : undefined,
    size: height === undefined || width === undefined
      ? undefined
      : [height, width],
    origin,
    ...precision !== undefined && { precision },
    pixels: undefined,
    said: {
      ...said,
      ...originSaid(origin),
      ...images !== undefined && { images },
    },
  };
}

/** Numbers of each of an artifact's features. */
function widthsIn(
  tensors: ArtifactReader["tensors"],
): Record<string, number> {
  const features = [...tensors].filter(([, { shape }]) => shape.length === 2);
  return Object.fromEntries(
    features.map(([name, { shape }]) => [name, shape[1]!]),
  );
}

function numberIn(config: JsonRecord, key: string): number | undefined {
  const value = config[key];
  return typeof value === "number" ? value : undefined;
}

function missing(name: string): Promise<HostTensor> {
  throw new Error(`internal: features "${name}" were not taken`);
}

const MEAN = "/mean";
const COVARIANCE = "/covariance";

/** Moments that an artifact holds, by the names of their features. */
async function readMoments(
  reader: ArtifactReader,
): Promise<Record<string, FeatureMoments>> {
  const moments: Record<string, FeatureMoments> = {};
  for (const [tensor, { shape }] of reader.tensors) {
    if (!tensor.endsWith(MEAN)) continue;
    const name = tensor.slice(0, -MEAN.length);
    const [width = 0] = shape;
    const square = reader.tensors.get(`${name}${COVARIANCE}`)?.shape;
    if (shape.length !== 1 || square?.join() !== `${width},${width}`) {
      throw new UserError(
        `Cannot use "${reader.name}": mean and covariance of ${name} are ` +
          `[${shape}] and [${square ?? "missing"}], expected [d] and [d, d]`,
      );
    }
    const mean = await finiteNumbers(reader, tensor);
    const data = await finiteNumbers(reader, `${name}${COVARIANCE}`);
    moments[name] = {
      count: numberIn(reader.config, "images") ?? Infinity,
      mean,
      covariance: { rows: width, columns: width, data },
    };
  }
  return moments;
}

async function finiteNumbers(
  reader: ArtifactReader,
  tensor: string,
): Promise<Float64Array> {
  const data = Float64Array.from((await reader.read(tensor)).data);
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return data;
  throw new UserError(
    `Cannot use "${reader.name}": number ${bad} of ${tensor} is ${data[bad]}`,
  );
}

/** The moments of some features as tensors of an artifact. */
export function momentTensors(
  name: string,
  { mean, covariance: { rows, columns, data } }: FeatureMoments,
): Record<string, HostTensor> {
  return {
    [`${name}${MEAN}`]: hostTensor("f64", [mean.length], mean),
    [`${name}${COVARIANCE}`]: hostTensor("f64", [rows, columns], data),
  };
}
