import { arShapes, lawOf, vaeGrid, vaeShapes } from "../../model/mod.ts";
import type { ParameterShapes } from "../../nn/mod.ts";
import type { Preset } from "../../preset/mod.ts";
import { sizeOf } from "../../tensor/mod.ts";

/** How large the models of a preset are. */
export interface ModelSizes {
  /** Parameters of the S-VAE. */
  readonly vae?: number;
  /** Parameters of the AR model without the embeddings of classes. */
  readonly ar?: number;
  /** Parameters of the embedding of one class. */
  readonly arClass?: number;
}

/** Counts the parameters of a preset's models. */
export function modelSizes({ vae, ar }: Preset): ModelSizes {
  const alone = vae && { vae: count(vaeShapes(vae)) };
  if (vae === undefined || ar === undefined) return { ...alone };
  const { latent_dim } = vae;
  const data = { latent_dim, grid: vaeGrid(vae), ...lawOf(vae) };
  const withClasses = (num_classes: number) =>
    count(arShapes({ ...ar, ...data, num_classes }));
  const arClass = withClasses(2) - withClasses(1);
  return { ...alone, ar: withClasses(1) - arClass, arClass };
}

function count(shapes: ParameterShapes): number {
  return Object.values(shapes)
    .reduce((sum, shape) => sum + sizeOf(shape), 0);
}
