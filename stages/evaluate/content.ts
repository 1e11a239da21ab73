import { type HostTensor, hostTensor } from "../../lib/tensor/mod.ts";
import type { scoreReconstructions } from "./evaluation.ts";
import { type Distances, nearestScores } from "./nearest.ts";
import type { SetScores } from "./scores.ts";

/** Everything that an evaluation measured. */
export interface Measured {
  /** Names of the classes, as the classifier has them. */
  readonly classes: unknown;
  readonly neighbours: number;
  readonly compared: Readonly<Record<string, SetScores>>;
  readonly reconstruction: ReturnType<typeof scoreReconstructions>;
  readonly distances: Distances;
}

/**
 * The metrics artifact: figures in its configuration, and the distance, PSNR
 * and SSIM of each image as tensors.
 */
export function metricsContent(
  { classes, neighbours, compared, reconstruction, distances }: Measured,
) {
  const tensors: Record<string, HostTensor> = {
    "reconstructions/psnr": list(reconstruction.lists.psnr),
    "reconstructions/ssim": list(reconstruction.lists.ssim),
  };
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
      reconstruction: reconstruction.scores,
      nearest: nearestScores(distances),
    },
  };
}

function list(values: Float64Array): HostTensor {
  return hostTensor("f32", [values.length], Float32Array.from(values));
}
