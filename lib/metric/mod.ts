/**
 * Scores of images and of their features, in float64 on the host, and the
 * features themselves, on an engine.
 *
 * Each function's comment holds its exact definition and source. Which network
 * made the features names the score: stages say `frechet_classifier` for the
 * small classifier's features, FID only for Inception's.
 *
 * @module
 */
export { type ClassAccuracy, classAccuracy } from "./class_accuracy.ts";
export {
  type ExtractorOptions,
  FeatureExtractor,
  type FeatureModel,
  type ImageFeatures,
} from "./feature_extractor.ts";
export {
  FeatureSet,
  featureSet,
  type FeatureSource,
  type KnownMoments,
} from "./figures/feature_set.ts";
export type {
  FigureTitle,
  Metric,
  PairMetric,
  PairTools,
  SetMetric,
  SetSubject,
} from "./figures/metric.ts";
export {
  FIGURE_MARKS,
  type FigureMark,
  figureName,
  figureOf,
  type FigureSubject,
  PROTOCOL_SAMPLES,
} from "./figures/figure_name.ts";
export {
  metricOf,
  METRICS,
  PAIR_METRICS,
  type PairMetricName,
  SET_METRICS,
} from "./figures/table.ts";
export { METRIC_NAMES, type MetricName } from "./names.ts";
export {
  type FeatureMoments,
  featureMoments,
  frechetDistance,
  frechetDistanceOfMoments,
} from "./frechet_distance.ts";
export {
  FRECHET_POINTS,
  FRECHET_RESAMPLES,
  frechetInterval,
  frechetLimit,
  type Interval,
} from "./frechet_samples.ts";
export { type ImagePair, mean, median } from "./image_pairs.ts";
export { type Histogram, histogram } from "./latents/histogram.ts";
export {
  type PositionStatistics,
  positionStatistics,
} from "./latents/position_statistics.ts";
export {
  type SplitDivergence,
  splitDivergence,
  type TokenGaussian,
} from "./latents/radial_divergence.ts";
export {
  type RefeedingError,
  refeedingError,
} from "./latents/refeeding_error.ts";
export { type TokenSet, tokenSet } from "./latents/token_set.ts";
export {
  KERNEL_SUBSETS,
  type KernelDistance,
  kernelDistance,
} from "./kernel_distance.ts";
export { MONGE_DIRECTIONS, mongeDistance } from "./monge_distance.ts";
export { INCEPTION_SCORE_SPLIT, inceptionScore } from "./inception_score.ts";
export { type NearestImages, nearestImages } from "./nearest_image.ts";
export {
  PerceptualDistances,
  type PerceptualOptions,
} from "./perceptual_distance.ts";
export { peakSignalNoise } from "./peak_signal_noise.ts";
export {
  DENSITY_NEIGHBOURS,
  type DensityCoverage,
  densityCoverage,
} from "./manifold/density_coverage.ts";
export type { Watch } from "./manifold/distance_blocks.ts";
export {
  MANIFOLD_NEIGHBOURS,
  type ManifoldPair,
  type PrecisionRecall,
  precisionRecall,
} from "./manifold/precision_recall.ts";
export {
  SIMILARITY_WINDOW,
  structuralSimilarity,
} from "./structural_similarity.ts";
export { symmetricEigenvalues } from "./algebra/symmetric_eigenvalues.ts";
export type { Matrix } from "./algebra/matrix.ts";
