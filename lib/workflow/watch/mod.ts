/**
 * Running trainings, watched by the logs that they write.
 *
 * @module
 */
export { WatchedFolder } from "./watch.ts";
