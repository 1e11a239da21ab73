import type { Backbone } from "./backbone.ts";
import { CNN } from "./cnn.ts";
import { HYBRID } from "./hybrid.ts";
import { KL16 } from "./kl16.ts";
import { VIT } from "./vit.ts";

/** Every backbone of a VAE; a new one is a file and a line here. */
export const BACKBONES = {
  hybrid: HYBRID,
  cnn: CNN,
  vit: VIT,
  kl16: KL16,
} as const satisfies Readonly<Record<string, Backbone>>;

/** One of {@linkcode BACKBONES}. */
export type BackboneName = keyof typeof BACKBONES;

/** The backbone of a name. */
export function backboneOf({ backbone }: {
  readonly backbone: BackboneName;
}): Backbone {
  return BACKBONES[backbone];
}
