import {
  type ClassAccuracy,
  classAccuracy,
  type FeatureSet,
  type MetricName,
  SET_METRICS,
  type SetSubject,
} from "../../metric/mod.ts";

/** How a set of a run compares with its training images, by the classifier. */
export interface SetScores
  extends Partial<Readonly<Record<MetricName, number | null>>> {
  /** Images of the set. */
  readonly n: number;
  /** Images that it is compared with. */
  readonly n_reference: number;
  readonly class_accuracy_by_class: ClassAccuracy["byClass"];
}

/** What figures need besides the sets. */
export type Scoring = Omit<SetSubject, "samples" | "reference" | "once">;

/** A set with what its figures share. */
export function subjectOf(
  sets: Pick<SetSubject, "samples" | "reference">,
  scoring: Scoring,
): SetSubject {
  const done = new Map<string, Promise<unknown>>();
  return {
    ...scoring,
    ...sets,
    once<T>(key: string, work: () => Promise<T>): Promise<T> {
      const found = done.get(key) ?? work();
      done.set(key, found);
      return found as Promise<T>;
    },
  };
}

/** The figures that are made of the small classifier's features. */
const OF_CLASSIFIER = SET_METRICS.filter(([, { needs }]) =>
  needs.network === "classifier"
);

/** Scores a set with labels against a reference, both by the classifier. */
export async function scoreSet(
  samples: FeatureSet,
  reference: FeatureSet,
  scoring: Scoring,
): Promise<SetScores> {
  const subject = subjectOf({ samples, reference }, scoring);
  const figures: Partial<Record<MetricName, number | null>> = {};
  for (const [name, metric] of OF_CLASSIFIER) {
    figures[name] = await metric.score(subject);
  }
  const logits = await samples.features("logits");
  const accuracy = classAccuracy(logits, samples.source.labels!);
  return {
    n: samples.count,
    n_reference: reference.count,
    ...figures,
    class_accuracy_by_class: accuracy.byClass,
  };
}
