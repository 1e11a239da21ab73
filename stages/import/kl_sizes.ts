import type { WeightSet } from "../../lib/interop/mod.ts";
import {
  type AutoencoderConfig,
  checkAutoencoderConfig,
} from "../../lib/model/mod.ts";
import { MAR_VAE } from "../../lib/preset/mod.ts";
import { KL_CONFIG } from "../shared/model_sizes.ts";
import { VAE_PREFIX } from "../shared/models.ts";
import type { GivenSizes } from "./given_sizes.ts";
import { axis, checked, countOf, type NamedTensors, sizesIn } from "./sizes.ts";

/** A tensor that KL autoencoders have and S-VAEs have not. */
const TELLING = "quant_conv.weight";

/** Names of a checkpoint's training losses, which no model needs. */
const LOSSES = /^loss\./;

/**
 * The weights of MAR's `kl16.ckpt` as the release would name them, below
 * `vae.`; others as they are.
 */
export function belowVae(set: WeightSet): WeightSet {
  if (!set.tensors.has(TELLING)) return set;
  const entries = [...set.tensors]
    .filter(([name]) => !LOSSES.test(name))
    .map(([name, tensor]) => [VAE_PREFIX + name, tensor] as const);
  return {
    tensors: new Map(entries),
    readRows: (name, rows) => set.readRows(name.slice(VAE_PREFIX.length), rows),
  };
}

/** Whether the autoencoder in a file is a KL-16 VAE. */
export function holdsKl({ tensors }: NamedTensors): boolean {
  return tensors.has(VAE_PREFIX + TELLING);
}

/**
 * Sizes of a KL-16 VAE: what was given, else what the tensors show. Image size
 * and scale show nowhere: they are MAR's, or those of the AR model beside it.
 *
 * @throws {UserError} where a tensor is missing or sizes fit no model
 */
export function klSizes(
  named: NamedTensors,
  given: GivenSizes,
): AutoencoderConfig {
  const level = (i: number) =>
    `${VAE_PREFIX}encoder.down.${i}.block.0.conv1.weight`;
  const ch = axis(named, {
    name: `${VAE_PREFIX}encoder.conv_in.weight`,
    at: 0,
  });
  const levels = countOf(named, level);
  const patch_size = 2 ** (levels - 1);
  const places = named.tensors.get("pos_for_diff.weight")?.shape[0];
  const shown = {
    backbone: "kl16" as const,
    image_size: places === undefined
      ? MAR_VAE.image_size
      : Math.sqrt(places) * patch_size,
    patch_size,
    latent_dim: axis(named, {
      name: `${VAE_PREFIX}post_quant_conv.weight`,
      at: 0,
    }),
    ch,
    ch_mult: Array.from(
      { length: levels },
      (_, i) => axis(named, { name: level(i), at: 0 }) / ch,
    ),
    num_res_blocks: countOf(
      named,
      (k) => `${VAE_PREFIX}encoder.down.0.block.${k}.conv1.weight`,
    ),
    latent_scale: MAR_VAE.latent_scale,
  };
  return checked<AutoencoderConfig>(
    { ...shown, ...sizesIn(KL_CONFIG, given) },
    {
      schema: KL_CONFIG,
      check: checkAutoencoderConfig,
      file: named.file,
    },
  );
}
