import type { WeightSet } from "../../interop/mod.ts";
import { checkVaeConfig, type VaeConfig } from "../../model/mod.ts";
import { openVae, vaeSchema } from "../../preset/checked.ts";
import { MAR_VAE } from "../../preset/checked.ts";
import { VAE_PREFIX } from "../models/mod.ts";
import {
  countBelow,
  type NamedTensors,
  sizeShown,
  type Witness,
} from "./evidence.ts";
import type { GivenSizes } from "./given_sizes.ts";
import { checked, sizesIn } from "./sizes.ts";

/** Tensors that KL-16 VAEs have and those of the release have not. */
const TELLING = ["quant_conv.weight", "post_quant_conv.weight"];

/** Names of a checkpoint's training losses, which no model needs. */
const LOSSES = /^loss\./;

/**
 * The weights of MAR's `kl16.ckpt` as the release would name them, below
 * `vae.`; others as they are.
 */
export function belowVae(set: WeightSet): WeightSet {
  if (!TELLING.some((name) => set.tensors.has(name))) return set;
  const entries = [...set.tensors]
    .filter(([name]) => !LOSSES.test(name))
    .map(([name, tensor]) => [VAE_PREFIX + name, tensor] as const);
  return {
    tensors: new Map(entries),
    readRows: (name, rows) => set.readRows(name.slice(VAE_PREFIX.length), rows),
  };
}

/** Whether the VAE in a file is a KL-16 one. */
export function holdsKl({ tensors }: NamedTensors): boolean {
  return TELLING.some((name) => tensors.has(VAE_PREFIX + name));
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
): VaeConfig<"kl16"> {
  const shown = (...witnesses: Witness[]) => sizeShown(named, witnesses);
  const vae = (name: string) => VAE_PREFIX + name;
  const levels = countBelow(named, vae("encoder.down"));
  const block = (i: number) => vae(`encoder.down.${i}.block.0`);
  const ch = shown(
    [vae("encoder.conv_in.weight"), 0],
    [vae("encoder.conv_in.bias"), 0],
    [`${block(0)}.norm1.weight`, 0],
  );
  const width = (i: number) =>
    shown(
      [`${block(i)}.conv1.weight`, 0],
      [`${block(i)}.conv1.bias`, 0],
      [`${block(i)}.norm2.weight`, 0],
    );
  const patch_size = 2 ** (levels - 1);
  const places = named.tensors.get("pos_for_diff.weight")?.shape[0];
  const shownSizes = {
    backbone: "kl16" as const,
    posterior: "gaussian" as const,
    normalize: "none" as const,
    image_size: places === undefined
      ? MAR_VAE.image_size
      : Math.sqrt(places) * patch_size,
    patch_size,
    latent_dim: shown(
      [vae("post_quant_conv.weight"), 0],
      [vae("post_quant_conv.bias"), 0],
      [vae("decoder.conv_in.weight"), 1],
    ),
    ch,
    ch_mult: Array.from({ length: levels }, (_, i) => width(i) / ch),
    num_res_blocks: countBelow(named, vae("encoder.down.0.block")),
    latent_scale: MAR_VAE.latent_scale,
  };
  return checked(
    { ...shownSizes, ...sizesIn(openVae("kl16"), given) },
    {
      schema: vaeSchema("kl16"),
      check: checkVaeConfig,
      file: named.file,
    },
  );
}
