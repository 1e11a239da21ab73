import type { z } from "zod";
import { UserError } from "../../lib/artifact/mod.ts";
import type { StoredTensor } from "../../lib/interop/mod.ts";
import {
  type ArConfig,
  checkArConfig,
  checkVaeConfig,
  REGISTERS,
  type VaeConfig,
} from "../../lib/model/mod.ts";
import { AR_CONFIG, VAE_CONFIG } from "../shared/model_sizes.ts";
import { VAE_PREFIX } from "../shared/models.ts";
import type { GivenSizes } from "./given_sizes.ts";
import { releasedAr, type ShownArSizes } from "../shared/known_models.ts";

/** Tensors by the release's names, and the file that they are from. */
export interface NamedTensors {
  readonly file: string;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/**
 * Sizes of an AR model: what was given, else what the tensors show. The heads
 * show nowhere; those of the released models are known.
 *
 * @throws {UserError} where a tensor is missing, sizes fit no model, or the
 *   number of heads is not known
 */
export function arSizes(named: NamedTensors, given: GivenSizes): ArConfig {
  const shown = { ...shownArSizes(named), ...sizesIn(AR_CONFIG, given) };
  const n_head = given.n_head ?? releasedAr(shown)?.n_head;
  if (n_head !== undefined) {
    const config = { ...shown, n_head };
    return checked(config, {
      schema: AR_CONFIG,
      check: checkArConfig,
      file: named.file,
    });
  }
  const { dim, n_layer, diff_layers, diff_dim } = shown;
  throw new UserError(
    `Cannot import "${named.file}": it is none of the released models ` +
      `(${n_layer} layers of ${dim}, head ${diff_layers} of ${diff_dim}) and ` +
      "its tensors do not show the number of heads: give --config FILE with " +
      'JSON such as {"n_head": 12}',
  );
}

/**
 * Sizes of an S-VAE: what was given, else what the tensors show.
 *
 * @throws {UserError} where a tensor is missing or sizes fit no model
 */
export function vaeSizes(named: NamedTensors, given: GivenSizes): VaeConfig {
  const config = { ...shownVaeSizes(named), ...sizesIn(VAE_CONFIG, given) };
  return checked(config, {
    schema: VAE_CONFIG,
    check: checkVaeConfig,
    file: named.file,
  });
}

function shownArSizes(named: NamedTensors): ShownArSizes {
  const dim = axis(named, { name: "norm.weight", at: 0 });
  return {
    dim,
    n_layer: countOf(named, (i) => `layers.${i}.attention_norm.weight`),
    diff_layers: countOf(named, (i) => `head.net.res_blocks.${i}.norm.weight`),
    diff_dim: axis(named, { name: "head.net.input_proj.weight", at: 0 }),
    diff_adanln_layers: countOf(
      named,
      (i) => `head.net.ada_ln_blocks.${i}.weight`,
    ),
    cls_token_num: axis(named, { name: "cls_embedding.weight", at: 1 }) / dim,
    num_classes: axis(named, { name: "cls_embedding.weight", at: 0 }) - 1,
    latent_dim: axis(named, { name: "proj_in.weight", at: 1 }),
    grid: Math.sqrt(axis(named, { name: "pos_for_diff.weight", at: 0 })),
  };
}

function shownVaeSizes(named: NamedTensors): VaeConfig {
  const encoder = `${VAE_PREFIX}encoder`;
  const shortcut = (i: number) =>
    `${encoder}.patchify.0.net.${i}.shortcut.weight`;
  const blocks = countOf(named, shortcut);
  const widths = Array.from(
    { length: blocks },
    (_, i) => axis(named, { name: shortcut(i), at: 0 }),
  );
  const layers = (half: string) =>
    countOf(
      named,
      (i) => `${VAE_PREFIX}${half}.layers.${i}.attention_norm.weight`,
    );
  return {
    image_size: 2 ** blocks * Math.sqrt(patches(named)),
    patch_size: 2 ** blocks,
    latent_dim: axis(named, {
      name: `${VAE_PREFIX}post_quant_proj.weight`,
      at: 1,
    }),
    z_channels: axis(named, { name: `${encoder}.norm.weight`, at: 0 }),
    cnn_chs: [
      axis(named, { name: `${encoder}.conv_in.weight`, at: 0 }),
      ...widths,
    ],
    encoder_vit_layers: layers("encoder"),
    decoder_vit_layers: layers("decoder"),
  };
}

/** Patches of an image; NaN where neither angles nor an AR model show them. */
function patches({ tensors }: NamedTensors): number {
  const places = tensors.get(`${VAE_PREFIX}encoder.freqs_cis`)?.shape[0];
  if (places !== undefined) return places - REGISTERS;
  return tensors.get("pos_for_diff.weight")?.shape[0] ?? NaN;
}

/** The size of one axis of a tensor. */
export function axis(
  { file, tensors }: NamedTensors,
  { name, at }: { readonly name: string; readonly at: number },
): number {
  const size = tensors.get(name)?.shape[at];
  if (size !== undefined) return size;
  const found = tensors.has(name) ? "one of fewer axes" : "none";
  throw new UserError(
    `Cannot import "${file}": expected a tensor "${name}", found ${found}`,
  );
}

/** How many numbered tensors there are from number 0 on. */
export function countOf(
  { tensors }: NamedTensors,
  name: (index: number) => string,
): number {
  let count = 0;
  while (tensors.has(name(count))) count++;
  return count;
}

/** The given sizes that a model has. */
export function sizesIn<S extends z.ZodObject>(
  schema: S,
  given: GivenSizes,
): Partial<z.infer<S>> {
  const entries = Object.entries(given)
    .filter(([key, size]) => key in schema.shape && size !== undefined);
  return Object.fromEntries(entries) as Partial<z.infer<S>>;
}

export function checked<C>(
  config: C,
  { schema, check, file }: {
    readonly schema: z.ZodType<C>;
    readonly check: (config: C) => void;
    readonly file: string;
  },
): C {
  const parsed = schema.safeParse(config);
  if (!parsed.success) {
    const { path: [key = ""] } = parsed.error.issues[0]!;
    const size = (config as Record<PropertyKey, unknown>)[key];
    throw new UserError(
      `Cannot import "${file}": its tensors show ${String(key)} as ${size}; ` +
        "where that is not so, give it by --config FILE",
    );
  }
  try {
    check(parsed.data);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UserError(`Cannot import "${file}": ${error.message}`);
  }
  return parsed.data;
}
