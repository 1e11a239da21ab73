/**
 * What a pipeline would take: bytes, work, and time at this machine's speed.
 *
 * @module
 */
export { type Forecast, forecastOf, forecastPlan } from "./forecast.ts";
export { measureSpeed } from "./speed.ts";
export { forecastLines } from "./text.ts";
