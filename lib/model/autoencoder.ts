import type { HostTensor, Tensor } from "../tensor/mod.ts";
import type { Parameters, ParameterShapes } from "../nn/mod.ts";
import { type AutoencoderConfig, isKl } from "./config.ts";
import { decodeKl, encodeKl, klShapes } from "./kl16.ts";
import type { AnyPosterior, PosteriorName } from "./posterior.ts";
import { vaeTables, vaeTableShapes } from "./tables.ts";
import { decode, encode, vaeShapes } from "./vae.ts";

/** The law of an autoencoder's latents. */
export function posteriorOf(config: AutoencoderConfig): PosteriorName {
  return isKl(config) ? "gaussian" : "power-spherical";
}

/** Shapes of all parameters by the names of its checkpoints. */
export function autoencoderShapes(config: AutoencoderConfig): ParameterShapes {
  return isKl(config) ? klShapes(config) : vaeShapes(config);
}

/** Shapes of the tables that its checkpoints hold beside the parameters. */
export function autoencoderTableShapes(
  config: AutoencoderConfig,
): ParameterShapes {
  return isKl(config) ? {} : vaeTableShapes(config);
}

/** Those tables. */
export function autoencoderTables(
  config: AutoencoderConfig,
): Readonly<Record<string, HostTensor<"f32">>> {
  return isKl(config) ? {} : vaeTables(config);
}

/**
 * Posteriors of images [B, 3, H, W] in [-1, 1].
 */
export function encodeImages(
  p: Parameters,
  images: Tensor,
  config: AutoencoderConfig,
): AnyPosterior {
  return isKl(config) ? encodeKl(p, images, config) : encode(p, images, config);
}

/**
 * Images [B, 3, H, W], about -1 to 1, of latents as the AR model has them.
 *
 * @param z [B, N, d]
 */
export function decodeLatents(
  p: Parameters,
  z: Tensor,
  config: AutoencoderConfig,
): Tensor {
  return isKl(config) ? decodeKl(p, z, config) : decode(p, z, config);
}
