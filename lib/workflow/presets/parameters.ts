import { arShapes, vaeShapes } from "../../model/mod.ts";
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
  const autoencoder = vae && { vae: count(vaeShapes(vae)) };
  if (vae === undefined || ar === undefined) return { ...autoencoder };
  const { image_size, patch_size, latent_dim } = vae;
  const grid = image_size / patch_size;
  const withClasses = (num_classes: number) =>
    count(arShapes({ ...ar, latent_dim, grid, num_classes }));
  const arClass = withClasses(2) - withClasses(1);
  return { ...autoencoder, ar: withClasses(1) - arClass, arClass };
}

function count(shapes: ParameterShapes): number {
  return Object.values(shapes)
    .reduce((sum, shape) => sum + sizeOf(shape), 0);
}
