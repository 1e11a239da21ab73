/**
 * Stages as plugins, the pipeline files that wire them, and the runner that
 * does only what is not done yet.
 *
 * @module
 */
export {
  type Command,
  type CommandArgument,
  type CommandContext,
  defineCommand,
} from "./command.ts";
export { createLogger, type Logger, type LoggerOptions } from "./logger.ts";
export type { Progress, ProgressStart, ProgressTask } from "./progress.ts";
export {
  type ArtifactContent,
  defineStage,
  type InputPort,
  type InputPorts,
  type OutputPort,
  type OutputPorts,
  type OutputSlot,
  type Stage,
  type StageContext,
  type StageSummary,
} from "./stage.ts";
