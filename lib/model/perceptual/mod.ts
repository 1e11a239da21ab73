import { classifier, type PerceptualClassifierConfig } from "./classifier.ts";
import type { PerceptualNetwork } from "./network.ts";
import { type Vgg16Config, vgg16Lpips } from "./vgg16_lpips.ts";

export type { PerceptualClassifierConfig } from "./classifier.ts";
export {
  type DistanceOptions,
  type ImagePair,
  perceptualDistance,
} from "./distance.ts";
export type { PerceptualNetwork } from "./network.ts";
export { gainPath, VGG16, type Vgg16Config } from "./vgg16_lpips.ts";

/** Sizes of a perceptual network with its name; one member a row. */
export type PerceptualConfig = Vgg16Config | PerceptualClassifierConfig;

/** Name of a perceptual network. */
export type PerceptualName = PerceptualConfig["name"];

/** Every perceptual network. */
export const PERCEPTUAL_NETWORKS: {
  readonly [K in PerceptualName]: PerceptualNetwork<
    Extract<PerceptualConfig, { readonly name: K }>
  >;
} = { "vgg16-lpips": vgg16Lpips, classifier };

/** The network that a configuration names. */
export function perceptualNetworkOf(
  { name }: PerceptualConfig,
): PerceptualNetwork<PerceptualConfig> {
  return PERCEPTUAL_NETWORKS[name];
}
