/**
 * The GPU engine: programs become WGSL kernels, fused where values meet, with
 * one plan of memory, and run through WebGPU.
 *
 * @module
 */
export { createWebGpuEngine, type WebGpuEngine } from "./engine.ts";
export type { WebGpuOptions } from "./options.ts";
export type { Precision } from "./precision.ts";
export type { TuningStore } from "./runtime/tuning.ts";
export type { AdapterInfo } from "./runtime/device.ts";
export type { CompilationProgress } from "./runtime/pipelines.ts";
export { Recoverable } from "./recovery.ts";
export {
  type AdapterChoice,
  adapterName,
  listAdapters,
} from "./runtime/adapters.ts";
