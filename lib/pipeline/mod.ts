/**
 * Stages as plugins, the pipeline files that wire them, and the runner that
 * does only what is not done yet.
 *
 * @module
 */
export { byteText } from "./byte_text.ts";
export {
  type Command,
  type CommandArgument,
  type CommandContext,
  defineCommand,
} from "./command.ts";
export {
  ConsoleProgress,
  type ConsoleProgressOptions,
  formatSeconds,
} from "./console_progress.ts";
export {
  createLogger,
  type Logger,
  type LoggerOptions,
  paint,
  type Style,
} from "./logger.ts";
export type { Estimate, EstimateTools } from "./estimate.ts";
export { estimateSteps, type StepEstimate } from "./estimate_steps.ts";
export type { Example, Examples } from "./example.ts";
export { placedOptions } from "./option_paths.ts";
export { checkOptions, flagName, issueLine } from "./options.ts";
export {
  parsePipeline,
  type PipelineSpec,
  readPipelineFile,
  type StageSpec,
} from "./pipeline_file.ts";
export { pipelineText } from "./pipeline_text.ts";
export {
  defaultFileName,
  type InputSource,
  isNeeded,
  isReplaced,
  kindsOf,
  type OutputTarget,
  type Plan,
  type PlannedStep,
  planPipeline,
  type StageLookup,
} from "./plan.ts";
export { summaryLines } from "./summary.ts";
export { table, type TableOptions } from "./table.ts";
export type { Progress, ProgressStart, ProgressTask } from "./progress.ts";
export type {
  FetchedFile,
  FetchOptions,
  Presence,
  RemoteFiles,
  RemoteTools,
} from "./remote_files.ts";
export { type RunOptions, runPlan } from "./runner.ts";
export { isKept } from "./kept_file.ts";
export { Ledger } from "./ledger.ts";
export type { RecipeMetadata } from "./recipe.ts";
export { refuseReplacing } from "./replacing.ts";
export { refuseSameFile } from "./same_file.ts";
export {
  type ArtifactContent,
  defineStage,
  type EstimateContext,
  type InputPort,
  type InputPorts,
  type OutputKind,
  type OutputPort,
  type OutputPorts,
  type OutputSlot,
  type Share,
  type Stage,
  type StageContext,
  type StageSummary,
} from "./stage.ts";
export type { RunHost, StepResult } from "./step_run.ts";
export { readTomlFile } from "./toml_file.ts";
