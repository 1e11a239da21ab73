import { METRIC_NAMES, type MetricName } from "../names.ts";
import { accuracyOfLogits } from "./class_accuracy.ts";
import { kernel, monge } from "./distances.ts";
import { frechet, frechetAtInfinity } from "./frechet.ts";
import { scoreOfLogits } from "./inception_score.ts";
import { balls, manifold } from "./manifold.ts";
import type { Metric, PairMetric, SetMetric } from "./metric.ts";
import { lpips, psnr, ssim } from "./pairs.ts";

const POOL = {
  network: "inception-2015-12-05",
  features: "pool_3",
} as const;
const SPATIAL = { ...POOL, features: "spatial" } as const;
const LOGITS = { ...POOL, features: "logits" } as const;
const CLASSIFIER = { network: "classifier", features: "features" } as const;

/** The figures of images beside their originals. */
export const PAIR_METRICS = { psnr, ssim, lpips } as const satisfies Readonly<
  Record<string, PairMetric>
>;

/** Name of a figure of pairs. */
export type PairMetricName = keyof typeof PAIR_METRICS;

/**
 * Every figure of images, by its name. Which network's features it is made of
 * names it: FID is on Inception's pool_3 alone.
 */
export const METRICS = {
  fid: frechet({ title: "FID", ...POOL }),
  sfid: frechet({ title: "sFID", ...SPATIAL }),
  inception_score: scoreOfLogits(LOGITS),
  precision: manifold({ title: "Precision", part: "precision", ...POOL }),
  recall: manifold({ title: "Recall", part: "recall", ...POOL }),
  density: balls({ title: "Density", part: "density", ...POOL }),
  coverage: balls({ title: "Coverage", part: "coverage", ...POOL }),
  kid: kernel({ title: "KID", ...POOL }),
  mind: monge({ title: "MIND", ...POOL }),
  rfid: frechet({ title: "rFID", set: "reconstructions", ...POOL }),
  fid_inf: frechetAtInfinity({ title: "FID of infinitely many", ...POOL }),
  fd_dinov2: frechet({
    title: "FD-DINOv2",
    network: "dinov2-vitl14",
    features: "cls",
  }),
  frechet_classifier: frechet({ title: "Frechet distance", ...CLASSIFIER }),
  precision_classifier: manifold({
    title: "Precision",
    part: "precision",
    ...CLASSIFIER,
  }),
  recall_classifier: manifold({
    title: "Recall",
    part: "recall",
    ...CLASSIFIER,
  }),
  class_accuracy: accuracyOfLogits({ ...CLASSIFIER, features: "logits" }),
  ...PAIR_METRICS,
} as const satisfies Readonly<Record<MetricName, Metric>>;

/** The row of a figure. */
export function metricOf(name: MetricName): Metric {
  return METRICS[name];
}

/** The figures of sets, in the order of the table. */
export const SET_METRICS: readonly (readonly [MetricName, SetMetric])[] =
  METRIC_NAMES.flatMap((name) => {
    const metric = metricOf(name);
    return metric.of === "sets" ? [[name, metric] as const] : [];
  });
