import { type HostTensor, hostTensor } from "../../tensor/mod.ts";
import { type Distances, nearestScores } from "./nearest.ts";
import type { PairFigures } from "../measure/mod.ts";
import type { SetScores } from "./scores.ts";

/** Everything that an evaluation measured. */
export interface Measured {
  /** Names of the classes, as the classifier has them. */
  readonly classes: unknown;
  readonly neighbours: number;
  readonly compared: Readonly<Record<string, SetScores>>;
  /** By the set that was reconstructed. */
  readonly reconstructed: Readonly<Record<string, PairFigures>>;
  readonly distances: Distances;
}

/**
 * The metrics artifact: figures in its configuration, and the distance, PSNR
 * and SSIM of each image as tensors.
 */
export function metricsContent(
  { classes, neighbours, compared, reconstructed, distances }: Measured,
) {
  const tensors: Record<string, HostTensor> = {};
  const reconstruction: Record<string, unknown> = {};
  for (const [name, { n, figures, lists }] of Object.entries(reconstructed)) {
    reconstruction[name] = { n, ...figures };
    for (const [figure, values] of Object.entries(lists)) {
      tensors[`${figure}/${name}`] = list(values);
    }
  }
  for (const [name, values] of Object.entries(distances)) {
    tensors[`nearest/${name}`] = list(values);
  }
  return {
    tensors,
    config: {
      n: compared.samples!.n,
      neighbours,
      classes,
      sets: compared,
      reconstruction,
      nearest: nearestScores(distances),
    },
  };
}

function list(values: Float64Array): HostTensor {
  return hostTensor("f32", [values.length], Float32Array.from(values));
}
