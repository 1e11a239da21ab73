/**
 * What an artifact is, for people and programs.
 *
 * @module
 */
export { describe } from "./describe.ts";
export { explain } from "./explain.ts";
