import type { FeatureNetworkName } from "../../model/mod.ts";
import type { Engine } from "../../tensor/mod.ts";
import type { FeatureMoments } from "../frechet_distance.ts";
import type { Interval } from "../frechet_samples.ts";
import type { ImagePair } from "../image_pairs.ts";
import type { Watch } from "../manifold/distance_blocks.ts";
import type { PerceptualDistances } from "../perceptual_distance.ts";
import type { FeatureSet } from "./feature_set.ts";

/** What a figure is called and how it is shown. */
export interface FigureTitle {
  /** For people. */
  readonly title: string;
  /** Empty for pure numbers. */
  readonly unit: string;
  /** Digits behind the point. */
  readonly digits: number;
  readonly better: "lower" | "higher";
}

/** What a figure of a set is made of. */
export interface SetNeeds {
  /** The network whose features it takes. */
  readonly network: FeatureNetworkName;
  /** The network's name for them. */
  readonly features: string;
  /** What it takes of the reference. */
  readonly reference: "features" | "moments" | "nothing";
  /** Whether the images' classes count. */
  readonly labels?: boolean;
}

/** A set of images beside the one that it is measured by. */
export interface SetSubject extends Watch {
  readonly engine: Engine;
  readonly samples: FeatureSet;
  readonly reference: FeatureSet;
  /** Of subsets and resamples. */
  readonly seed: number;
  /** Neighbours of precision and recall. */
  readonly neighbours: number;
  /** Work that several figures share, done once. */
  once<T>(key: string, work: () => Promise<T>): Promise<T>;
}

/** A figure of a set of images. */
export interface SetMetric extends FigureTitle {
  readonly of: "sets";
  readonly needs: SetNeeds;
  /** What it is a figure of. */
  readonly set: "samples" | "reconstructions";
  /** Whether it is measured unless others are asked for. */
  readonly usual: boolean;
  /** Null where the sets are too small for it. */
  score(subject: SetSubject): Promise<number | null>;
  /** Where it lies by chance; undefined where that is not known. */
  interval?(subject: SetSubject): Promise<Interval>;
}

/** A figure of images beside their originals, one by one. */
export interface PairMetric extends FigureTitle {
  readonly of: "pairs";
  /** What it needs besides the images. */
  readonly needs: "nothing" | "perceptual network";
  /** Of each image; empty where images are too small for it. */
  each(
    pair: ImagePair,
    tools: PairTools,
  ): Float64Array | Promise<Float64Array>;
}

/** What figures of pairs may need. */
export interface PairTools {
  readonly perceptual?: PerceptualDistances;
}

/** A row of the table of figures. */
export type Metric = SetMetric | PairMetric;

/** What a row of features says of itself. */
export interface FeatureRow extends Pick<SetNeeds, "network" | "features"> {
  readonly title: string;
}

/** Moments of both sets. */
export async function bothMoments(
  { samples, reference }: SetSubject,
  features: string,
): Promise<readonly [FeatureMoments, FeatureMoments]> {
  return [await samples.moments(features), await reference.moments(features)];
}

/** Features of both sets. */
export async function bothFeatures(
  { samples, reference, onPairs, signal }: SetSubject,
  features: string,
) {
  return {
    samples: await samples.features(features),
    reference: await reference.features(features),
    ...onPairs && { onPairs },
    ...signal && { signal },
  };
}
