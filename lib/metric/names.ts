/**
 * Names of all figures of images, in the order in which they are shown: what
 * commands offer, without loading what measures them.
 */
export const METRIC_NAMES = [
  "fid",
  "sfid",
  "inception_score",
  "precision",
  "recall",
  "density",
  "coverage",
  "kid",
  "mind",
  "fid_inf",
  "rfid",
  "fd_dinov2",
  "frechet_classifier",
  "precision_classifier",
  "recall_classifier",
  "class_accuracy",
  "psnr",
  "ssim",
  "lpips",
] as const;

/** Name of a figure. */
export type MetricName = typeof METRIC_NAMES[number];
