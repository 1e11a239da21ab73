/**
 * What the paper argues with, measured from artifacts: how posteriors are spread
 * and what tokens become along AR decoding.
 *
 * @module
 */
export { diagnose, type Diagnosis, type Diagnostics } from "./run.ts";
