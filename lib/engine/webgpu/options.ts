import type { Precision } from "./precision.ts";
import type { CompilationProgress } from "./runtime/pipelines.ts";
import type { TuningStore } from "./runtime/tuning.ts";

/** How the engine uses an adapter. */
export interface WebGpuOptions {
  /** Bytes that one binding covers, at most what the adapter allows: all of it unless given. */
  readonly maxBindingBytes?: number;
  /** Whether kernels read through images: by default where the adapter is software. */
  readonly readsImages?: boolean;
  /** How close to the reference it computes: f32 unless given. */
  readonly precision?: Precision;
  /** Where choices among kernels are remembered; by default as long as the engine lives. */
  readonly choices?: TuningStore;
  /**
   * Whether to measure where no choice is remembered: compiling takes longer,
   * runs are shorter. Off by default.
   */
  readonly tunes?: boolean;
  /**
   * Whether to time every kernel, where the adapter can: slower, as each then
   * runs in a pass of its own.
   */
  readonly profile?: boolean;
  /**
   * Told of every kernel that is compiled: how many are asked for grows with
   * each program. Equal kernels count once.
   */
  readonly onCompile?: (progress: CompilationProgress) => void;
}
