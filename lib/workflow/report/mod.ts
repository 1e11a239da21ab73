/**
 * The report of a run from its artifacts.
 *
 * @module
 */
export { composeReport } from "./compose.ts";
export { drawGrids } from "./draw.ts";
export { writeGrid } from "./write_grid.ts";
