import type { LineChart, TrainingLog } from "../../report/mod.ts";
import { posteriorParts } from "./posterior_parts.ts";

/** One figure of a training's log and how the page calls it. */
interface Curve {
  readonly model: string;
  readonly figure: string;
  readonly title: string;
  readonly yTitle: string;
}

/** Curves that the page shows, in its order. */
const CURVES: readonly Curve[] = [
  {
    model: "svae",
    figure: "l1",
    title: "S-VAE: reconstruction error",
    yTitle: "mean absolute error",
  },
  {
    model: "svae",
    figure: "kl",
    title: "S-VAE: divergence from the prior",
    yTitle: "mean nats",
  },
  ...posteriorParts().map(({ name, title }) => ({
    model: "svae",
    figure: name,
    title: `S-VAE: ${title} of the posterior`,
    yTitle: `mean ${name}`,
  })),
  {
    model: "svae",
    figure: "perceptual",
    title: "S-VAE: perceptual distance of reconstructions",
    yTitle: "distance",
  },
  {
    model: "svae",
    figure: "discriminator",
    title: "Discriminator of the S-VAE: its loss",
    yTitle: "loss",
  },
  {
    model: "ar",
    figure: "loss",
    title: "AR model: velocity loss of the head",
    yTitle: "mean squared error",
  },
  {
    model: "classifier",
    figure: "loss",
    title: "Classifier: cross-entropy",
    yTitle: "nats",
  },
];

/** Charts of what the trainings logged; figures that are missing are left out. */
export function trainingCurves(
  logs: Readonly<Record<string, TrainingLog>>,
): LineChart[] {
  return CURVES.flatMap(({ model, figure, title, yTitle }) => {
    const y = logs[model]?.[figure];
    if (y === undefined || y.length === 0) return [];
    const x = Array.from(y, (_, k) => k + 1);
    return [{
      name: `${model}_${figure}`,
      title,
      xTitle: "step",
      yTitle,
      style: "noisy" as const,
      series: [{ title: figure, x, y }],
    }];
  });
}
