/**
 * The report of a run from its artifacts.
 *
 * @module
 */
export { type ReportRun, runReport } from "./run.ts";
