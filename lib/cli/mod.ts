/**
 * The command line: flags from schemas, pipes, the choice of an engine, and
 * errors as one line.
 *
 * @module
 */
export { weightsCache } from "./cache_folder.ts";
export {
  type Device,
  DEVICES,
  type EngineFactory,
  type EngineTable,
} from "./devices.ts";
export { findAdapter, requireAdapter } from "./gpu.ts";
export { TuningFile, tuningOf } from "./tuning_file.ts";
export { enterStartingFolder } from "./starting_folder.ts";
export { type CliTables, type Loader, runCli } from "./main.ts";
