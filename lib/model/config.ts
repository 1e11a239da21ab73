import {
  type Backbone,
  COMMON_SIZES,
  type Sized,
} from "./backbones/backbone.ts";
import {
  type BackboneName,
  backboneOf,
  type BACKBONES,
} from "./backbones/table.ts";
import { checkLaw, type LatentLaw } from "./law.ts";
import { type PosteriorNumbers, posteriorOf } from "./posteriors/table.ts";
import {
  depth,
  expectSizes,
  type SizesOf,
  type SizeTable,
  width,
} from "./sizes.ts";

/** Sizes of a VAE by backbone, and the law of its latents. */
type VaeConfigs = {
  readonly [K in BackboneName]:
    & { readonly backbone: K }
    & Sized<(typeof BACKBONES)[K]["sizes"]>
    & LatentLaw
    & PosteriorNumbers;
};

/** Configuration of a VAE of any backbone and posterior, or of one backbone. */
export type VaeConfig<K extends BackboneName = BackboneName> = VaeConfigs[K];

/** Sizes of an AR model and its diffusion head; the names are the release's. */
export const AR_SIZES = {
  dim: width("width of the transformer"),
  n_layer: depth("transformer blocks"),
  n_head: width("attention heads"),
  diff_layers: depth("blocks of the diffusion head"),
  diff_dim: width("width of the diffusion head"),
  diff_adanln_layers: width(
    "groups of consecutive head blocks that share one adaLN linear",
  ),
  cls_token_num: width("class tokens in front of the sequence"),
} as const satisfies SizeTable;

/** Most tokens along an axis: tables of angles grow with its square. */
const MAX_GRID = 256;

/** Sizes of an AR model that follow from its data. */
export const AR_DATA_SIZES = {
  num_classes: { ...width("classes"), max: 1_000_000 },
  latent_dim: COMMON_SIZES.latent_dim,
  grid: { ...width("tokens along each axis of the image"), max: MAX_GRID },
} as const satisfies SizeTable;

/** Configuration of an AR model, with the law of the latents that it makes. */
export interface ArConfig
  extends LatentLaw, SizesOf<typeof AR_SIZES>, SizesOf<typeof AR_DATA_SIZES> {}

/** Tokens along each axis of a VAE's image. */
export function vaeGrid(
  { image_size, patch_size }: Pick<VaeConfig, "image_size" | "patch_size">,
): number {
  return image_size / patch_size;
}

/** Every size that a VAE of a backbone has, common ones first. */
export function vaeSizes({ sizes }: Backbone): SizeTable {
  return { ...COMMON_SIZES, ...sizes };
}

/**
 * Checks that sizes and law of a VAE fit together.
 *
 * @throws {RangeError} naming the size, what was found and what was expected
 */
export function checkVaeConfig(config: VaeConfig): void {
  const { image_size, patch_size } = config;
  expectSizes(config, [
    ["image_size", image_size % patch_size === 0, "a multiple of patch_size"],
    [
      "image_size",
      image_size <= MAX_GRID * patch_size,
      `at most ${MAX_GRID} x patch_size`,
    ],
    ...backboneOf(config).rules(config),
  ]);
  checkLaw(config);
  const { title, numbers } = posteriorOf(config);
  const given = config as unknown as Readonly<Record<string, unknown>>;
  expectSizes(
    config,
    Object.entries(numbers).map(([name, { help }]) =>
      [name, given[name] !== undefined, `the ${help} (${title})`] as const
    ),
  );
}

/**
 * Checks that the sizes of an AR model fit together.
 *
 * @throws {RangeError} naming the size, what was found and what was expected
 */
export function checkArConfig(config: ArConfig): void {
  checkLaw(config);
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
