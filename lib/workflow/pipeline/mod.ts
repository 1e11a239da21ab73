/**
 * The pipeline of a preset, and stages that users wrote.
 *
 * @module
 */
export { chosenPipeline, type PipelineChoice } from "./chosen_pipeline.ts";
export { runSpread, type Spreading } from "./launched.ts";
export { presetPipeline } from "./preset_pipeline.ts";
export type { PresetRun } from "./preset_run.ts";
export { loadUserStage } from "./user_stage.ts";
