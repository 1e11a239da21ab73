import type { RandomSource, Tensor } from "../../tensor/mod.ts";
import type { SizesOf, SizeTable } from "../sizes.ts";

/** Where draws come from. */
export interface PosteriorDraws {
  /** One row number for each image. */
  readonly source: RandomSource;
  /** At most 16 streams are used from this one on. */
  readonly stream: number;
  /** Whether gradients flow to the parts; they do unless told otherwise. */
  readonly differentiable?: boolean;
}

/** One part of the posteriors of a family. */
export interface Part {
  /** What it has for each token: d numbers, or one. */
  readonly width: "vector" | "number";
  /** True where its vectors are directions, of length 1. */
  readonly unit?: boolean;
  /** What people call it. */
  readonly title: string;
}

/** What the configuration of every VAE says of its tokens. */
export interface TokenSizes {
  /** Numbers in one latent token, d. */
  readonly latent_dim: number;
}

/**
 * A family of posteriors q(z | x) (Section 3.1), one of the table
 * {@linkcode POSTERIORS}: everything that differs between families.
 *
 * @typeParam P names of its parts; every family has `mu`
 * @typeParam C the configuration that it reads
 * @typeParam N numbers of its own
 */
export interface Posterior<
  P extends string = string,
  C extends TokenSizes = TokenSizes,
  N extends SizeTable = SizeTable,
> {
  /** What people call it. */
  readonly title: string;
  /**
   * Whether all draws have length sqrt(d). Where they do not, every part is a
   * length, so that scaled parts are those of scaled latents.
   */
  readonly onSphere: boolean;
  /** Its parts: [B, N, d] or [B, N]. */
  readonly parts: Readonly<Record<P | "mu", Part>>;
  /**
   * Numbers that it needs in the configuration of a VAE; a part that is called
   * like one is that number everywhere.
   */
  readonly numbers: N;
  /** Numbers that the encoder's last linear layer makes for a token. */
  rawWidth(d: number): number;
  /**
   * The parts, from those numbers.
   *
   * @param raw [B, N, rawWidth]
   * @param config d and {@linkcode Posterior.numbers}
   */
  fromRaw(
    raw: Tensor,
    config: C,
  ): PartsOf<P>;
  /** One draw of each posterior [B, N, d]. */
  draw(
    parts: PartsOf<P>,
    draws: PosteriorDraws,
  ): Tensor;
  /** The divergence KL(q || prior), elementwise: [B, N], or [B, N, d] where it is a sum over d. */
  divergence(parts: PartsOf<P>): Tensor;
}

/** Parts of posteriors by names of which some are known. */
export type PartsOf<P extends string> =
  & { readonly mu: Tensor }
  & Readonly<Record<P, Tensor>>;

/** Parts of the posteriors of images by name, [B, N, d] or [B, N]. */
export type PosteriorParts = PartsOf<string>;

/** A row of the table: its names are known within, and open outside. */
export function definePosterior<P extends string, N extends SizeTable>(
  row: Posterior<P, TokenSizes & SizesOf<NoInfer<N>>, N>,
): Posterior<P, TokenSizes & SizesOf<N>, N> {
  return row;
}
