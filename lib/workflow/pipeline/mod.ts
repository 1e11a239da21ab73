/**
 * The pipeline of a preset, and stages that users wrote.
 *
 * @module
 */
export { chosenPipeline, type PipelineChoice } from "./chosen_pipeline.ts";
export { presetPipeline, type PresetRun } from "./preset_pipeline.ts";
export { loadUserStage } from "./user_stage.ts";
