import { klToUniform, samplePowerSpherical } from "../../sphere/mod.ts";
import { directionalPosterior } from "./directional.ts";

/** The paper's default (Section 3.1): S-01, S-04 and S-08 of Figure 4. */
export const POWER_SPHERICAL = directionalPosterior("Power Spherical", {
  sample: samplePowerSpherical,
  klToUniform,
});
