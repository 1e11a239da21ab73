/**
 * Laws on the sphere: the Power Spherical and the von Mises-Fisher one, with
 * densities, divergences to the uniform law and reparameterised samples, all as
 * graphs without branches (paper, Section 3.1), and the projection of Appendix A.
 *
 * The plain names are of the Power Spherical law, the default posterior; those
 * of the other stand under {@linkcode vonMisesFisher}.
 *
 * @module
 */
export { type BetaDraw, betaDrawGradient } from "./beta_draw.ts";
export { type DrawSource, GAMMA_CANDIDATES, gammaDraw } from "./gamma_draw.ts";
export {
  bregmanGrowth,
  digammaGap,
  type GammaRatio,
  gammaRatio,
  logRatioGrowth,
  trigammaGap,
} from "./gamma_ratio.ts";
export { type BesselTerms, besselTerms } from "./bessel.ts";
export { reflect } from "./householder.ts";
export {
  type DirectionalLaw,
  entropy,
  type GivenDraws,
  klToUniform,
  logDensity,
  logNormalizer,
  meanCosine,
  sampleFromDraws,
  samplePowerSpherical,
} from "./power_spherical.ts";
export { digamma, lgamma, trigamma } from "./special.ts";
export {
  logSphereArea,
  PROJECTION_EPSILON,
  type ProjectionOptions,
  projectToSphere,
} from "./sphere.ts";
export { type WithDerivative, withDerivative } from "./with_derivative.ts";
/** The von Mises-Fisher law: same functions as the Power Spherical one. */
export * as vonMisesFisher from "./von_mises_fisher.ts";
