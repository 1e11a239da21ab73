import {
  type ClassAccuracy,
  classAccuracy,
  type FeatureMoments,
  featureMoments,
  frechetDistanceOfMoments,
  precisionRecall,
} from "../../metric/mod.ts";
import type { Engine, HostTensor } from "../../tensor/mod.ts";

/** How one set of images compares with another in a classifier's features. */
export interface SetScores {
  /** Images of the set. */
  readonly n: number;
  /** Images that it is compared with. */
  readonly n_reference: number;
  readonly frechet_classifier: number;
  /** Null where a set has no more images than neighbours. */
  readonly precision_classifier: number | null;
  readonly recall_classifier: number | null;
  /** Share of the images that the classifier puts in their class. */
  readonly class_accuracy: number;
  readonly class_accuracy_by_class: ClassAccuracy["byClass"];
}

/** Features and labels of one set. */
export interface ScoredSet {
  /** f32 [n, features]. */
  readonly features: HostTensor<"f32">;
  /** f32 [n, classes]. */
  readonly logits: HostTensor<"f32">;
  /** i32 [n]. */
  readonly labels: HostTensor;
}

/** Images that sets are compared with, with their moments taken once. */
export interface ReferenceSet {
  readonly features: HostTensor;
  readonly moments: FeatureMoments;
}

/** Prepares features to be compared with. */
export function referenceSet(features: HostTensor): ReferenceSet {
  return {
    features,
    moments: featureMoments(features, { name: "the reference" }),
  };
}

/** Scores a set against a reference. */
export async function scoreSet(
  { features, logits, labels }: ScoredSet,
  reference: ReferenceSet,
  { engine, neighbours }: {
    readonly engine: Engine;
    readonly neighbours: number;
  },
): Promise<SetScores> {
  const n = features.shape[0]!;
  const n_reference = reference.moments.count;
  const moments = featureMoments(features, { name: "the set" });
  const manifold = Math.min(n, n_reference) > neighbours
    ? await precisionRecall(engine, {
      reference: reference.features,
      samples: features,
      neighbours,
    })
    : undefined;
  const accuracy = classAccuracy(logits, labels);
  return {
    n,
    n_reference,
    frechet_classifier: frechetDistanceOfMoments(moments, reference.moments),
    precision_classifier: manifold?.precision ?? null,
    recall_classifier: manifold?.recall ?? null,
    class_accuracy: accuracy.all,
    class_accuracy_by_class: accuracy.byClass,
  };
}
