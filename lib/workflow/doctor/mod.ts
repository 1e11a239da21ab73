/**
 * What works on this machine: engines, libraries, launchers.
 *
 * @module
 */
export { describeFindings } from "./describe.ts";
export { examine } from "./examine.ts";
