/**
 * The report of a run from its artifacts.
 *
 * @module
 */
export { composeReport } from "./compose.ts";
export { drawGrids } from "./draw.ts";
