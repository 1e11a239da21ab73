import {
  type CompilationProgress,
  createWebGpuEngine,
  type WebGpuEngine,
} from "../../engine/webgpu/mod.ts";

/** Which GPU is used, and who hears of its kernels. */
export interface EngineOptions {
  readonly adapter: GPURequestAdapterOptions;
  /** Called for each kernel that is asked for and that is there. */
  onCompile(progress: CompilationProgress): void;
}

/**
 * The engine on one of the browser's GPUs.
 *
 * @throws {Error} where the browser gives none, in words for people
 */
export async function openEngine(
  { adapter: options, onCompile }: EngineOptions,
): Promise<WebGpuEngine> {
  const adapter = await navigator.gpu?.requestAdapter(options);
  if (!adapter) {
    throw new Error(
      "This browser gives no access to a GPU by WebGPU. Recent versions of " +
        "Chrome, Edge, Safari and Firefox do, on most devices",
    );
  }
  return await createWebGpuEngine(adapter, { onCompile });
}
