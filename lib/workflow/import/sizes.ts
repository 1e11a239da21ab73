import type { z } from "zod";
import { UserError } from "../../artifact/mod.ts";
import { issueLine } from "../../pipeline/mod.ts";
import {
  type ArConfig,
  type BackboneName,
  checkArConfig,
  checkVaeConfig,
  type LatentLaw,
  PAPER_LAW,
  posteriorOf,
  REGISTERS,
  type VaeConfig,
} from "../../model/mod.ts";
import { AR_CONFIG, openAr, VAE_PREFIX } from "../models/mod.ts";
import {
  countBelow,
  type NamedTensors,
  sizeShown,
  type Witness,
} from "./evidence.ts";
import type { GivenSizes } from "./given_sizes.ts";
import { LAW, openVae, vaeSchema } from "../../preset/checked.ts";
import { releasedAr } from "../../preset/checked.ts";

/**
 * Sizes of an AR model: what was given, else what the tensors show. The heads
 * show nowhere; those of the released models are known.
 *
 * @throws {UserError} where a tensor is missing, sizes fit no model, or the
 *   number of heads is not known
 */
export function arSizes(named: NamedTensors, given: GivenSizes): ArConfig {
  const shown = { ...shownArSizes(named), ...sizesIn(openAr(), given) };
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
 * Sizes of the release's S-VAE: what was given, else what the tensors show.
 *
 * @throws {UserError} where a tensor is missing or sizes fit no model
 */
export function hybridSizes(
  named: NamedTensors,
  given: GivenSizes,
): VaeConfig<"hybrid"> {
  const law = { ...PAPER_LAW, ...sizesIn(LAW, given) };
  const shown = shownVaeSizes(named, law);
  const config = { ...shown, ...sizesIn(openVae("hybrid"), given) };
  return checked(config, {
    schema: vaeSchema("hybrid"),
    check: checkVaeConfig,
    file: named.file,
  });
}

/**
 * Sizes of a VAE of a backbone of which no checkpoints of others are known: all
 * of them are to be given.
 *
 * @throws {UserError} where one is missing or sizes fit no model
 */
export function givenSizesOf(
  { file }: NamedTensors,
  given: GivenSizes & { readonly backbone: BackboneName },
): VaeConfig {
  const { backbone } = given;
  const config = { backbone, ...sizesIn(openVae(backbone), given) };
  const parsed = vaeSchema(backbone).safeParse(config);
  if (!parsed.success) {
    const line = issueLine(parsed.error, config, { under: [] });
    throw new UserError(`Cannot import "${file}" as ${backbone}: ${line}`);
  }
  return checked(parsed.data, {
    schema: vaeSchema(backbone),
    check: checkVaeConfig,
    file,
  });
}

/** Sizes of an AR model that its tensors show: all but the heads. */
type ShownArSizes = Omit<ArConfig, "n_head">;

function shownArSizes(named: NamedTensors): ShownArSizes {
  const shown = (...witnesses: Witness[]) => sizeShown(named, witnesses);
  const head = "head.net";
  const dim = shown(
    ["norm.weight", 0],
    ["emb_norm.weight", 0],
    ["proj_in.weight", 0],
    ["pos_for_diff.weight", 1],
  );
  return {
    dim,
    n_layer: countBelow(named, "layers"),
    diff_layers: countBelow(named, `${head}.res_blocks`),
    diff_dim: shown(
      [`${head}.input_proj.weight`, 0],
      [`${head}.cond_embed.weight`, 0],
      [`${head}.final_layer.linear.weight`, 1],
    ),
    diff_adanln_layers: countBelow(named, `${head}.ada_ln_blocks`),
    cls_token_num: classTokens(named, dim),
    num_classes: shown(["cls_embedding.weight", 0, 1]),
    latent_dim: shown(
      ["proj_in.weight", 1],
      [`${head}.input_proj.weight`, 1],
      [`${head}.final_layer.linear.weight`, 0],
    ),
    grid: Math.sqrt(patches(named) ?? shown(["pos_for_diff.weight", 0])),
    ...PAPER_LAW,
  };
}

/** Class tokens, whose embeddings are side by side. */
function classTokens(named: NamedTensors, dim: number): number {
  const name = "cls_embedding.weight";
  const count = sizeShown(named, [[name, 1]]) / dim;
  if (Number.isInteger(count)) return count;
  throw new UserError(
    `Cannot import "${named.file}": tensor "${name}" has shape ` +
      `[${named.tensors.get(name)!.shape}], expected rows of a multiple of ` +
      `${dim}`,
  );
}

function shownVaeSizes(
  named: NamedTensors,
  law: LatentLaw,
): VaeConfig<"hybrid"> {
  const shown = (...witnesses: Witness[]) => sizeShown(named, witnesses);
  const encoder = `${VAE_PREFIX}encoder`;
  const decoder = `${VAE_PREFIX}decoder`;
  const net = `${encoder}.patchify.0.net`;
  const blocks = countBelow(named, net);
  const into = (i: number): Witness[] =>
    i === 0 ? [[`${encoder}.conv_in.weight`, 0]] : [
      [`${net}.${i - 1}.shortcut.weight`, 0],
      [`${net}.${i - 1}.block.2.weight`, 0],
      [`${net}.${i - 1}.block.5.weight`, 0],
    ];
  const outOf = (i: number): Witness[] => [
    [`${net}.${i}.shortcut.weight`, 1],
    [`${net}.${i}.block.2.weight`, 1],
  ];
  return {
    backbone: "hybrid",
    ...law,
    image_size: 2 ** blocks * Math.sqrt(patches(named) ?? NaN),
    patch_size: 2 ** blocks,
    latent_dim: shown(
      [`${VAE_PREFIX}post_quant_proj.weight`, 1],
      ...rawWitnesses(law),
    ),
    z_channels: shown(
      [`${encoder}.norm.weight`, 0],
      [`${encoder}.output.weight`, 0],
      [`${decoder}.conv_in.1.weight`, 0],
    ),
    cnn_chs: Array.from(
      { length: blocks + 1 },
      (_, i) => shown(...into(i), ...outOf(i)),
    ),
    encoder_vit_layers: countBelow(named, `${encoder}.layers`),
    decoder_vit_layers: countBelow(named, `${decoder}.layers`),
  };
}

/** Axes that show d beside more numbers, where a posterior has those. */
function rawWitnesses(law: LatentLaw): Witness[] {
  const { rawWidth } = posteriorOf(law);
  const more = rawWidth(0);
  if (rawWidth(1) !== 1 + more) return [];
  return [
    [`${VAE_PREFIX}quant_proj.weight`, 0, more],
    [`${VAE_PREFIX}quant_proj.bias`, 0, more],
  ];
}

/** Patches of an image, where angles or an AR model show them. */
function patches(named: NamedTensors): number | undefined {
  const witnesses = ([
    ["pos_for_diff.weight", 0],
    [`${VAE_PREFIX}encoder.freqs_cis`, 0, REGISTERS],
    [`${VAE_PREFIX}decoder.freqs_cis`, 0, REGISTERS],
  ] as const).filter(([name]) => named.tensors.has(name));
  if (witnesses.length === 0) return undefined;
  const count = sizeShown(named, witnesses);
  if (Number.isInteger(Math.sqrt(count))) return count;
  const [name] = witnesses[0]!;
  throw new UserError(
    `Cannot import "${named.file}": tensor "${name}" has shape ` +
      `[${named.tensors.get(name)!.shape}], expected a row for each patch ` +
      "of a square image",
  );
}

/** The given sizes that a model has. */
export function sizesIn<S extends z.ZodObject>(
  { shape }: S,
  given: GivenSizes,
): Partial<z.infer<S>> {
  const entries = Object.entries(given)
    .filter(([key, size]) => key in shape && size !== undefined);
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
    const show = Number.isNaN(size)
      ? `do not show ${String(key)}: give it`
      : `show ${String(key)} as ${size}; where that is not so, give it`;
    throw new UserError(
      `Cannot import "${file}": its tensors ${show} by --config FILE`,
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
