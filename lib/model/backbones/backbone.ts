import type { HostTensor, Shape, Tensor } from "../../tensor/mod.ts";
import type { Parameters, ParameterSpecs } from "../../nn/mod.ts";
import type { PosteriorHead } from "../posterior_head.ts";
import type { PosteriorName } from "../posteriors/table.ts";
import {
  factor,
  type SizeRule,
  type SizesOf,
  type SizeTable,
  width,
} from "../sizes.ts";

/** Longest side of an image that models may be made for. */
const MAX_SIDE = 4096;

/** Sizes that every VAE has; the names are the release's. */
export const COMMON_SIZES = {
  image_size: {
    ...width("height and width of the image in pixels"),
    max: MAX_SIDE,
  },
  patch_size: width("pixels per token along each axis"),
  latent_dim: width("numbers in one latent token, d"),
} as const satisfies SizeTable;

/** What a VAE's latents may be multiplied by; see {@linkcode LatentLaw}. */
export const LATENT_SCALE = factor(
  "what latents are multiplied by for the AR model",
);

/** What the configuration of every VAE holds. */
type CommonConfig = SizesOf<typeof COMMON_SIZES>;

/** Configuration of a VAE whose backbone has its own sizes of a table. */
export type Sized<T extends SizeTable> = CommonConfig & SizesOf<T>;

/** A table that a checkpoint may hold: sizes of files are checked before any is made. */
export interface ComputedTable {
  readonly shape: Shape;
  values(): HostTensor<"f32">;
}

/**
 * What encodes images to features and decodes them (Appendix D), one of the table
 * {@linkcode BACKBONES}: everything that differs between backbones. The
 * posterior stands on top of any of them.
 *
 * @typeParam C the configuration that it reads
 * @typeParam T its own sizes
 */
export interface Backbone<
  C extends CommonConfig = CommonConfig,
  T extends SizeTable = SizeTable,
> {
  /** What people call it. */
  readonly title: string;
  /** Its sizes, beside {@linkcode COMMON_SIZES}. */
  readonly sizes: T;
  /** The posterior of files that do not say theirs. */
  readonly posterior: PosteriorName;
  /** What stands between features and posterior. */
  readonly head: PosteriorHead;
  /** Relations that hold of its sizes. */
  rules(config: C): readonly SizeRule[];
  /** Widths of the encoder's features, and of those that the decoder reads. */
  widths(config: C): {
    readonly encoder: number;
    readonly decoder: number;
  };
  /** Parameters below "encoder". */
  encoderSpecs(config: C): ParameterSpecs;
  /** Parameters below "decoder". */
  decoderSpecs(config: C): ParameterSpecs;
  /** Computed tables that checkpoints store beside the parameters, by their whole names. */
  tables(config: C): Readonly<Record<string, ComputedTable>>;
  /**
   * Features of images.
   *
   * @param p the parameters below "encoder"
   * @param images [B, 3, H, W] in [-1, 1]
   * @returns [B, N, W]
   */
  encode(p: Parameters, images: Tensor, config: C): Tensor;
  /**
   * Images of features.
   *
   * @param p the parameters below "decoder"
   * @param features [B, N, W]
   * @returns [B, 3, H, W], about -1 to 1
   */
  decode(p: Parameters, features: Tensor, config: C): Tensor;
}

/** A row of the table: its sizes are known by name within, and open outside. */
export function defineBackbone<T extends SizeTable>(
  row: Backbone<Sized<NoInfer<T>>, T>,
): Backbone<Sized<T>, T> {
  return row;
}
