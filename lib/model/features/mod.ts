import { classifier, type ClassifierFeaturesConfig } from "./classifier.ts";
import { dinov2 } from "./dinov2.ts";
import type { Dinov2Config } from "./dinov2_sizes.ts";
import { inception, type InceptionConfig } from "./inception.ts";
import type { FeatureNetwork } from "./network.ts";

export type { ClassifierFeaturesConfig } from "./classifier.ts";
export type { Dinov2Config } from "./dinov2_sizes.ts";
export type { InceptionConfig } from "./inception.ts";
export type {
  FeatureNetwork,
  ParameterSource,
  PublishedForm,
  Resize,
} from "./network.ts";

/** Sizes of a network of features with its name; one member a row. */
export type FeatureNetworkConfig =
  | InceptionConfig
  | Dinov2Config
  | ClassifierFeaturesConfig;

/** Name of a network of features. */
export type FeatureNetworkName = FeatureNetworkConfig["name"];

/** Every network that sets of images are compared by. */
export const FEATURE_NETWORKS: {
  readonly [K in FeatureNetworkName]: FeatureNetwork<
    Extract<FeatureNetworkConfig, { readonly name: K }>
  >;
} = {
  "inception-2015-12-05": inception,
  "dinov2-vitl14": dinov2,
  classifier,
};

/** The network that a configuration names. */
export function featureNetworkOf(
  { name }: FeatureNetworkConfig,
): FeatureNetwork<FeatureNetworkConfig> {
  return FEATURE_NETWORKS[name];
}
