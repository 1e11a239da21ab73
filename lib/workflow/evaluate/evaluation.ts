import {
  type FeatureExtractor,
  type FeatureSet,
  featureSet,
} from "../../metric/mod.ts";
import type { Engine, HostTensor } from "../../tensor/mod.ts";
import { RandomStream } from "../../random/mod.ts";
import type { Logger } from "../../pipeline/mod.ts";
import { classMixDifference } from "./class_mix.ts";
import { chooseRows, type ImageSet, rowsOf, takeRows } from "./image_set.ts";
import type { Scoring } from "../measure/mod.ts";
import { scoreSet, type SetScores } from "./scores.ts";

/** The sets that are compared with the training images, by name. */
export interface EvaluatedSets {
  readonly heldout: ImageSet;
  readonly reconstructions: ImageSet;
  readonly samples: ImageSet;
  readonly untrained: ImageSet;
}

/** What the comparison needs besides the sets. */
export interface Comparison {
  readonly engine: Engine;
  readonly extractor: FeatureExtractor;
  readonly train: ImageSet;
  readonly neighbours: number;
  readonly seed: number;
  readonly log: Logger;
}

/** Class shares this far apart show in the distances. */
const MIX_TOLERANCE = 0.05;

/**
 * Scores every set at the same number of images, and real images at that
 * number: what differs less than they do is noise.
 */
export async function compareSets(
  sets: EvaluatedSets,
  comparison: Comparison,
): Promise<Record<string, SetScores>> {
  const { engine, extractor, train, neighbours, seed, log } = comparison;
  const scoring = { engine, neighbours, seed };
  const entries = Object.entries(sets) as [string, ImageSet][];
  const n = Math.min(...entries.map(([, { count }]) => count));
  const reference = await scored(train, extractor);
  const whole = setOf("the training images", reference);
  const result: Record<string, SetScores> = {};
  for (const [name, set] of entries) {
    warnOfMix(name, { set, heldout: sets.heldout, log });
    const rows = chooseRows({ count: set.count, n }, {
      seed,
      stream: `evaluate ${name}`,
    });
    const part = await scored(takeRows(set, rows), extractor);
    result[name] = await scoreSet(setOf(name, part), whole, scoring);
  }
  const noise = await scoreNoise(reference, { n, scoring });
  return { ...result, ...noise };
}

/** Features and labels of one set. */
interface ScoredSet {
  readonly features: Readonly<Record<string, HostTensor>>;
  /** i32 [n]. */
  readonly labels: HostTensor;
}

function setOf(name: string, set: ScoredSet): FeatureSet {
  return featureSet({ name, ...set });
}

/** The features of a set beside its labels. */
async function scored(
  { images, labels }: ImageSet,
  extractor: FeatureExtractor,
): Promise<ScoredSet> {
  return { features: await extractor.extract(images), labels };
}

/**
 * Disjoint sets of training images against each other: n against n others, and
 * n against all others.
 */
async function scoreNoise(
  train: ScoredSet,
  { n, scoring }: { readonly n: number; readonly scoring: Scoring },
): Promise<Record<string, SetScores>> {
  const count = train.labels.data.length;
  const half = Math.min(n, Math.floor(count / 2));
  if (half < 2) return {};
  const { seed } = scoring;
  const order = new RandomStream({ seed, stream: "evaluate pair" })
    .permutation(count);
  const part = (rows: Uint32Array) =>
    setOf("training images", pick(train, rows));
  const first = part(order.subarray(0, half));
  const against = (rows: Uint32Array): Promise<SetScores> =>
    scoreSet(first, part(rows), scoring);
  return {
    real_pair: await against(order.subarray(half, 2 * half)),
    real_rest: await against(order.subarray(half)),
  };
}

function pick({ features, labels }: ScoredSet, rows: Uint32Array): ScoredSet {
  const picked = Object.entries(features)
    .map(([name, values]) => [name, rowsOf(values, rows)] as const);
  return { features: Object.fromEntries(picked), labels: rowsOf(labels, rows) };
}

function warnOfMix(
  name: string,
  { set, heldout, log }: {
    readonly set: ImageSet;
    readonly heldout: ImageSet;
    readonly log: Logger;
  },
): void {
  const apart = classMixDifference(set.labels.data, heldout.labels.data);
  if (apart <= MIX_TOLERANCE) return;
  log.warn(
    `The class shares of ${name} lie ${apart.toFixed(2)} from those of the ` +
      "held-out images (0 equal, 1 disjoint): its distance includes that",
  );
}
