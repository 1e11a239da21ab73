import { requireAdapter, tuningOf } from "../lib/cli/mod.ts";
import { createOnnxEngine } from "../lib/engine/onnx/mod.ts";
import {
  createWebGpuEngine,
  type WebGpuEngine,
  type WebGpuOptions,
} from "../lib/engine/webgpu/mod.ts";
import type { Engine } from "../lib/tensor/mod.ts";

/** Opens the engine of a device. */
export const OPEN_ENGINE = {
  cpu: createOnnxEngine,
  gpu: openGpu,
} as const satisfies Record<string, () => Promise<Engine>>;

/** A key of the table. */
export type DeviceName = keyof typeof OPEN_ENGINE;

/** All of them. */
export const DEVICE_NAMES = Object.keys(OPEN_ENGINE) as readonly DeviceName[];

/** The GPU engine as the product opens it: on hardware, kernels are tuned. */
export async function openGpu(
  options: Pick<WebGpuOptions, "precision" | "profile"> = {},
): Promise<WebGpuEngine> {
  const adapter = await requireAdapter();
  return await createWebGpuEngine(adapter, {
    ...options,
    ...await tuningOf(adapter),
  });
}
