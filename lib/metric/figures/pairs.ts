import { peakSignalNoise } from "../peak_signal_noise.ts";
import {
  SIMILARITY_WINDOW,
  structuralSimilarity,
} from "../structural_similarity.ts";
import type { PairMetric } from "./metric.ts";

/** Peak signal-to-noise ratio. */
export const psnr: PairMetric = {
  of: "pairs",
  title: "PSNR",
  unit: "dB",
  digits: 2,
  better: "higher",
  each: peakSignalNoise,
};

/** Structural similarity, of images that hold its window. */
export const ssim: PairMetric = {
  of: "pairs",
  title: "SSIM",
  unit: "",
  digits: 3,
  better: "higher",
  each: (pair) =>
    pair.images.shape[1]! < SIMILARITY_WINDOW
      ? new Float64Array(0)
      : structuralSimilarity(pair),
};
