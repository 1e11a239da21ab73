import {
  type ClassAccuracy,
  classAccuracy,
  type FeatureSet,
  type MetricName,
  SET_METRICS,
} from "../../metric/mod.ts";
import { measureFigures, type Scoring, subjectOf } from "../measure/mod.ts";

/** How a set of a run compares with its training images, by the classifier. */
export interface SetScores
  extends Partial<Readonly<Record<MetricName, number | null>>> {
  /** Images of the set. */
  readonly n: number;
  /** Images that it is compared with. */
  readonly n_reference: number;
  readonly class_accuracy_by_class: ClassAccuracy["byClass"];
}

/** The figures that are made of the small classifier's features. */
const OF_CLASSIFIER = SET_METRICS.filter(([, { needs }]) =>
  needs.network === "classifier"
).map(([name]) => name);

/** Scores a set with labels against a reference, both by the classifier. */
export async function scoreSet(
  samples: FeatureSet,
  reference: FeatureSet,
  scoring: Scoring,
): Promise<SetScores> {
  const subject = subjectOf({ samples, reference }, scoring);
  const figures = await measureFigures(OF_CLASSIFIER, subject);
  const logits = await samples.features("logits");
  const accuracy = classAccuracy(logits, samples.source.labels!);
  return {
    n: samples.count,
    n_reference: reference.count,
    ...Object.fromEntries(figures.map(({ name, value }) => [name, value])),
    class_accuracy_by_class: accuracy.byClass,
  };
}
