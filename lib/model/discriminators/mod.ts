import type { Discriminator } from "./discriminator.ts";
import { patchgan, type PatchGanConfig } from "./patchgan.ts";
import { stylegan, type StyleGanConfig } from "./stylegan.ts";

export type { Discriminator, Judged, JudgeOptions } from "./discriminator.ts";
export type { PatchGanConfig } from "./patchgan.ts";
export { styleGanChannels, type StyleGanConfig } from "./stylegan.ts";

/** Sizes of a discriminator with its name; one member a row. */
export type DiscriminatorConfig = PatchGanConfig | StyleGanConfig;

/** Name of a discriminator. */
export type DiscriminatorName = DiscriminatorConfig["name"];

/** Every discriminator. */
export const DISCRIMINATORS: {
  readonly [K in DiscriminatorName]: Discriminator<
    Extract<DiscriminatorConfig, { readonly name: K }>
  >;
} = { patchgan, stylegan };

/** The discriminator that a configuration names. */
export function discriminatorOf(
  { name }: DiscriminatorConfig,
): Discriminator<DiscriminatorConfig> {
  return DISCRIMINATORS[name];
}
