import { featuresCase } from "./features.ts";

/** Inception of 2015-12-05: float32 through 94 convolutions, on either side. */
export const inceptionCase = featuresCase({
  network: "inception-2015-12-05",
  outputs: { pool_3: "pool_3", spatial: "spatial", logits: "logits_unbiased" },
  tolerance: () => 1e-3,
});
