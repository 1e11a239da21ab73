import {
  type FigureWords,
  figureWords,
  type LineChart,
  type TrainingLog,
} from "../../report/mod.ts";
import { posteriorParts } from "./posterior_parts.ts";

/** What the page calls the models. */
const MODELS: Readonly<Record<string, string>> = {
  svae: "S-VAE",
  ar: "AR model",
  classifier: "Classifier",
};

/** What the loss of a model with one term is. */
const ONLY_LOSSES: Readonly<Record<string, FigureWords>> = {
  ar: { title: "velocity loss of the head", unit: "mean squared error" },
  classifier: { title: "cross-entropy", unit: "nats" },
};

/** Figures that tell of the optimiser, not of the model. */
const OPTIMISER = /^(gradientNorm|learningRate)(\/|$)/;

/**
 * Charts of what the trainings logged: the terms of their losses and what else
 * they report, or the loss where it has one term.
 */
export function trainingCurves(
  logs: Readonly<Record<string, TrainingLog>>,
): LineChart[] {
  return Object.entries(logs).flatMap(([model, log]) => {
    const figures = Object.keys(log).filter((name) => !OPTIMISER.test(name));
    const terms = figures.filter((name) => !/^loss(\/|$)/.test(name));
    const shown = terms.length > 0 ? terms : figures;
    return shown.flatMap((figure) => {
      const y = log[figure]!;
      if (y.length === 0) return [];
      const { title, unit } = wordsOf(model, figure);
      return [{
        name: `${model}_${figure}`,
        title: `${MODELS[model] ?? model}: ${title}`,
        xTitle: "step",
        yTitle: unit,
        style: "noisy" as const,
        series: [{
          title: figure,
          x: Array.from(y, (_, k) => k + 1),
          y,
        }],
      }];
    });
  });
}

function wordsOf(model: string, figure: string): FigureWords {
  const only = figure === "loss" ? ONLY_LOSSES[model] : undefined;
  const part = posteriorParts().find(({ name }) => name === figure);
  if (part === undefined) return only ?? figureWords(figure);
  return { title: `${part.title} of the posterior`, unit: `mean ${figure}` };
}
