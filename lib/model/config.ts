import type { PosteriorName } from "./posterior.ts";

/** Sizes of an S-VAE; the names are the release's. */
export interface VaeConfig {
  /** Height and width of the image in pixels. */
  readonly image_size: number;
  /** Pixels per token along each axis: 2 to the number of down blocks. */
  readonly patch_size: number;
  /** Numbers in one latent token, d. */
  readonly latent_dim: number;
  /** Width of the transformers. */
  readonly z_channels: number;
  /** Channels from conv_in through the down blocks; the last is z_channels. */
  readonly cnn_chs: readonly number[];
  readonly encoder_vit_layers: number;
  readonly decoder_vit_layers: number;
}

/** Sizes of MAR's KL-16 VAE; the names are those of its code. */
export interface KlConfig {
  readonly backbone: "kl16";
  /** Height and width of the image in pixels. */
  readonly image_size: number;
  /** Pixels per token along each axis: 2 to the levels but one. */
  readonly patch_size: number;
  /** Numbers in one latent token, d. */
  readonly latent_dim: number;
  /** Channels of the finest level. */
  readonly ch: number;
  /** Channels of each level over `ch`, finest first. */
  readonly ch_mult: readonly number[];
  readonly num_res_blocks: number;
  /** What latents are multiplied by for the AR model. */
  readonly latent_scale: number;
}

/** Sizes of anything that makes images latents and back. */
export type AutoencoderConfig = VaeConfig | KlConfig;

/** Whether an autoencoder is a KL-16 VAE; narrows its type. */
export function isKl(config: AutoencoderConfig): config is KlConfig {
  return "backbone" in config;
}

/** Sizes of an AR model and its diffusion head; the names are the release's. */
export interface ArConfig {
  readonly dim: number;
  readonly n_layer: number;
  readonly n_head: number;
  readonly diff_layers: number;
  readonly diff_dim: number;
  readonly diff_adanln_layers: number;
  readonly cls_token_num: number;
  readonly num_classes: number;
  /** Numbers in one latent token, d. */
  readonly latent_dim: number;
  /** Tokens along each axis of the image. */
  readonly grid: number;
  /** Law of the latents: on the sphere unless given. */
  readonly posterior?: PosteriorName | undefined;
}

/** Groups of every norm of the KL-16 VAE. */
export const KL_GROUPS = 32;

/** Width of one attention head of the S-VAE (the release's z_channels // 64). */
const VAE_HEAD_WIDTH = 64;

/** Attention heads of the S-VAE. */
export function vaeHeads({ z_channels }: VaeConfig): number {
  return Math.max(1, Math.floor(z_channels / VAE_HEAD_WIDTH));
}

/** Tokens along each axis of an autoencoder's image. */
export function vaeGrid({ image_size, patch_size }: AutoencoderConfig): number {
  return image_size / patch_size;
}

/**
 * Checks that the sizes of an autoencoder fit together.
 *
 * @throws {RangeError} naming the size, what was found and what was expected
 */
export function checkAutoencoderConfig(config: AutoencoderConfig): void {
  if (isKl(config)) checkKlConfig(config);
  else checkVaeConfig(config);
}

function checkKlConfig(config: KlConfig): void {
  const { image_size, patch_size, ch, ch_mult } = config;
  const patch = 2 ** (ch_mult.length - 1);
  expectSizes(config, [
    ["patch_size", patch_size === patch, `${patch}, 2 to the levels but one`],
    ["image_size", image_size % patch_size === 0, "a multiple of patch_size"],
    ["ch", ch % KL_GROUPS === 0, `a multiple of ${KL_GROUPS}`],
  ]);
}

/**
 * Checks that the sizes of an S-VAE fit together.
 *
 * @throws {RangeError} naming the size, what was found and what was expected
 */
export function checkVaeConfig(config: VaeConfig): void {
  const { image_size, patch_size, z_channels, cnn_chs } = config;
  const patch = 2 ** (cnn_chs.length - 1);
  const heads = vaeHeads(config);
  expectSizes(config, [
    ["patch_size", patch_size === patch, `${patch}, 2 to the down blocks`],
    ["image_size", image_size % patch_size === 0, "a multiple of patch_size"],
    ["cnn_chs", cnn_chs.at(-1) === z_channels, "z_channels at the end"],
    ["cnn_chs", cnn_chs.every((c) => c % 4 === 0), "multiples of 4"],
    [
      "z_channels",
      z_channels % (4 * heads) === 0,
      `a multiple of ${4 * heads}, 4 x its heads`,
    ],
  ]);
}

/**
 * Checks that the sizes of an AR model fit together.
 *
 * @throws {RangeError} naming the size, what was found and what was expected
 */
export function checkArConfig(config: ArConfig): void {
  const { dim, n_head, diff_layers, diff_adanln_layers } = config;
  // As many groups as adaLN linears, each of as many blocks.
  const even = diff_adanln_layers > diff_layers ||
    diff_layers % diff_adanln_layers === 0;
  expectSizes(config, [
    [
      "dim",
      dim % (4 * n_head) === 0,
      `a multiple of ${4 * n_head}, 4 x n_head`,
    ],
    ["diff_adanln_layers", diff_adanln_layers >= 1, "at least 1"],
    ["diff_layers", even, "a multiple of diff_adanln_layers"],
  ]);
}

/** Consecutive head blocks that share one adaLN linear. */
export function headGroupSize(
  { diff_layers, diff_adanln_layers }: ArConfig,
): number {
  return Math.max(1, Math.floor(diff_layers / diff_adanln_layers));
}

type SizeRule<C> = readonly [
  name: keyof C & string,
  holds: boolean,
  expected: string,
];

/** Throws for the first rule that does not hold. */
function expectSizes<C extends object>(
  config: C,
  rules: readonly SizeRule<C>[],
): void {
  const broken = rules.find(([, holds]) => !holds);
  if (broken === undefined) return;
  const [name, , expected] = broken;
  throw new RangeError(
    `Cannot use the model sizes: ${name} is ${JSON.stringify(config[name])}, ` +
      `expected ${expected}`,
  );
}
