import assert from "node:assert/strict";
import { join } from "node:path";
import { writeArtifact } from "../../lib/artifact/mod.ts";
import {
  type ArConfig,
  arShapes,
  type VaeConfig,
  vaeShapes,
} from "../../lib/model/mod.ts";
import { AR, randomWeights, VAE } from "../lib/model/_models.ts";
import { spherear } from "../stages/run_cli.ts";

const AR_CONFIG: ArConfig = {
  ...AR,
  n_layer: 1,
  diff_layers: 1,
  diff_adanln_layers: 1,
};

const VAE_CONFIG: VaeConfig = {
  ...VAE,
  image_size: 4,
  patch_size: 2,
  cnn_chs: [4, 16],
};

/** A model of four tokens: software compiles its few kernels in seconds. */
export const SMALL = {
  ar: { config: AR_CONFIG, weights: randomWeights(arShapes(AR_CONFIG)) },
  vae: { config: VAE_CONFIG, weights: randomWeights(vaeShapes(VAE_CONFIG)) },
};

/** Names of its classes. */
export const SMALL_CLASSES = ["cat", "dog", "green heart"];

/** Exports it as a site below a folder, by the command line, and gives its path. */
export async function smallSite(
  folder: string,
  options: readonly string[] = [],
): Promise<string> {
  const { ar, vae } = SMALL;
  await writeArtifact(join(folder, "ar.safetensors"), {
    kind: "ar",
    tensors: ar.weights,
    config: { ...ar.config, classes: SMALL_CLASSES },
  });
  await writeArtifact(join(folder, "svae.safetensors"), {
    kind: "svae",
    tensors: vae.weights,
    config: { ...vae.config },
  });
  const line = "export ar.safetensors svae.safetensors --format web -o site/";
  const { code, err } = await spherear([...line.split(" "), ...options], {
    cwd: folder,
  });
  assert.equal(code, 0, err);
  return join(folder, "site");
}
