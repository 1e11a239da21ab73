import { join } from "node:path";
import { writeArtifact } from "../../../../lib/artifact/mod.ts";
import { arShapes, vaeShapes } from "../../../../lib/model/mod.ts";
import type { HostTensor } from "../../../../lib/tensor/mod.ts";
import { AR, randomWeights, VAE } from "../../model/_models.ts";

/** Writes a small random model as one file, `model.safetensors`. */
export async function writeModel(
  folder: string,
  weights: Readonly<Record<string, HostTensor>> = randomWeights(arShapes(AR)),
): Promise<void> {
  const below = Object.entries(randomWeights(vaeShapes(VAE)))
    .map(([name, tensor]) => [`vae.${name}`, tensor] as const);
  await writeArtifact(join(folder, "model.safetensors"), {
    kind: "model",
    tensors: { ...weights, ...Object.fromEntries(below) },
    config: { ...AR, vae: VAE, classes: ["dark", "light", "odd"] },
  });
}
