import { createWebGpuEngine } from "../../engine/webgpu/mod.ts";
import type { Engine } from "../../tensor/mod.ts";

/**
 * The engine on the browser's GPU.
 *
 * @throws {Error} where the browser gives none, in words for people
 */
export async function openEngine(): Promise<Engine> {
  const adapter = await navigator.gpu?.requestAdapter({
    powerPreference: "high-performance",
  });
  if (!adapter) {
    throw new Error(
      "This browser gives no access to a GPU by WebGPU. Recent versions of " +
        "Chrome, Edge, Safari and Firefox do, on most devices",
    );
  }
  return await createWebGpuEngine(adapter);
}
