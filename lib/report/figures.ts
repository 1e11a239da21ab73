/** How a figure of a training is called on a page. */
export interface FigureWords {
  readonly title: string;
  readonly unit: string;
}

/** Figures of trainings by their names in logs; others are called by their names. */
const FIGURES: Readonly<Record<string, FigureWords>> = {
  l1: { title: "reconstruction error", unit: "mean absolute error" },
  l2: { title: "squared reconstruction error", unit: "mean squared error" },
  kl: { title: "divergence from the prior", unit: "mean nats" },
  perceptual: { title: "perceptual distance", unit: "mean distance" },
  adversarial: { title: "loss against the discriminator", unit: "mean loss" },
  discriminator: { title: "loss of the discriminator", unit: "mean loss" },
  loss: { title: "loss", unit: "mean loss" },
  gradientNorm: { title: "gradient", unit: "norm of all together" },
  learningRate: { title: "learning rate", unit: "learning rate" },
  skipped: { title: "skipped steps", unit: "share" },
  waitedForRanks: { title: "waiting for other ranks", unit: "share of time" },
  "heldout/psnr": { title: "held-out PSNR", unit: "dB" },
  "heldout/ssim": { title: "held-out SSIM", unit: "mean SSIM" },
  "heldout/lpips": { title: "held-out LPIPS", unit: "mean distance" },
  "heldout/perceptual": { title: "held-out distance", unit: "mean distance" },
  "heldout/loss": { title: "held-out loss", unit: "mean loss" },
};

/** How a figure is called. */
export function figureWords(name: string): FigureWords {
  return FIGURES[name] ?? { title: name, unit: name };
}
