import {
  type ArtifactFacts,
  type PlannedArtifact,
  plannedArtifact,
} from "../../artifact/mod.ts";
import { FeatureExtractor, type FeatureModel } from "../../metric/mod.ts";
import { featureNetworkOf } from "../../model/mod.ts";
import type { Estimate } from "../../pipeline/mod.ts";
import {
  countRuns,
  type ProgramRuns,
  timesRuns,
  zeros,
} from "../../tensor/mod.ts";
import { countedNetwork } from "../models/mod.ts";
import { areEncoded, imageSizeOf } from "../sets/mod.ts";
import { fittingOf } from "./fitting.ts";

/** Images that are not read yet. */
export interface CountedImages {
  readonly name: string;
  readonly count: number;
  /** In pixels. */
  readonly height: number;
  readonly width: number;
}

/**
 * What a set of images says of their number and size.
 *
 * @param size height and width that encoded pictures are cut to
 * @returns undefined where headers of pictures alone tell it
 */
export function countedImages(
  set: ArtifactFacts,
  size?: number,
): CountedImages | undefined {
  const { name, sizes, config } = set;
  const isTold = size !== undefined || config["size"] !== undefined;
  if (areEncoded(set) && !isTold) return undefined;
  const height = imageSizeOf(set, size);
  const { images: count = 0, width = height } = sizes;
  return { name, count, height, width };
}

/** Runs of a network for some images; the last batch is filled up. */
export async function countFeatures(
  model: FeatureModel,
  images: CountedImages,
  { batch }: { readonly batch: number },
): Promise<readonly ProgramRuns[]> {
  const { height, width } = fittingOf(model, images);
  const runs = await countRuns(async (engine) => {
    const extractor = await FeatureExtractor.create(engine, model, {
      height,
      width,
      batch,
    });
    await extractor.extract(zeros("u8", [batch, height, width, 3]));
  });
  return timesRuns(runs, Math.ceil(images.count / batch));
}

/** What `extract-features` would do and leave. */
export async function estimateExtraction(
  { inputs, batch, size }: {
    readonly inputs: Readonly<Record<"images" | "network", ArtifactFacts>>;
    readonly batch: number;
    readonly size?: number | undefined;
  },
): Promise<Estimate | undefined> {
  const images = countedImages(inputs.images, size);
  if (images === undefined) return undefined;
  const model = countedNetwork(inputs.network);
  return {
    amount: `${images.count.toLocaleString("en-US")} images`,
    work: await countFeatures(model, images, { batch }),
    outputs: { features: featuresOf(model, images, inputs.images) },
  };
}

function featuresOf(
  { config }: FeatureModel,
  { count, height, width }: CountedImages,
  { config: { isLabelled } }: ArtifactFacts,
): PlannedArtifact {
  const widths = featureNetworkOf(config).widths(config);
  const tensors = Object.entries(widths).map(([name, numbers]) =>
    [name, { dtype: "f32", shape: [count, numbers] }] as const
  );
  const { name: form, ...sizes } = config;
  const labels = { dtype: "i32", shape: [count] } as const;
  return plannedArtifact("features", {
    kind: "features",
    tensors: {
      ...Object.fromEntries(tensors),
      ...isLabelled !== false && { labels },
    },
    config: { form, ...sizes, height, width },
  });
}
