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
  needs: "nothing",
  each: peakSignalNoise,
};

/** Structural similarity, of images that hold its window. */
export const ssim: PairMetric = {
  of: "pairs",
  title: "SSIM",
  unit: "",
  digits: 3,
  better: "higher",
  needs: "nothing",
  each: (pair) =>
    pair.images.shape[1]! < SIMILARITY_WINDOW
      ? new Float64Array(0)
      : structuralSimilarity(pair),
};

/** LPIPS (Zhang et al. 2018), by VGG16. */
export const lpips: PairMetric = {
  of: "pairs",
  title: "LPIPS",
  unit: "",
  digits: 4,
  better: "lower",
  needs: "perceptual network",
  each: (pair, { perceptual }) => perceptual!.of(pair),
};
