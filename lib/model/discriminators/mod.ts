import type { Discriminator } from "./discriminator.ts";
import { patchgan } from "./patchgan.ts";
import { stylegan } from "./stylegan.ts";

export type { Discriminator, Judged, JudgeOptions } from "./discriminator.ts";

/** Every discriminator; a new one is a file and a line here. */
export const DISCRIMINATORS = {
  patchgan,
  stylegan,
} as const satisfies Readonly<
  Record<string, Discriminator<{ readonly name: string }>>
>;

/** One of {@linkcode DISCRIMINATORS}. */
export type DiscriminatorName = keyof typeof DISCRIMINATORS;

/** Sizes that people choose, of any discriminator. */
export type DiscriminatorSizes = {
  readonly [
    K in DiscriminatorName as keyof (typeof DISCRIMINATORS)[K]["sizes"]
  ]?: number | undefined;
};

/** Sizes of a discriminator with its name. */
export type DiscriminatorConfig = ReturnType<
  (typeof DISCRIMINATORS)[DiscriminatorName]["configOf"]
>;

/** The discriminator that a configuration names. */
export function discriminatorOf(
  { name }: { readonly name: DiscriminatorName },
): Discriminator<DiscriminatorConfig> {
  return DISCRIMINATORS[name];
}
