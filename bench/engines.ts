import { requireAdapter } from "../lib/cli/mod.ts";
import { createOnnxEngine } from "../lib/engine/onnx/mod.ts";
import { createWebGpuEngine } from "../lib/engine/webgpu/mod.ts";
import type { Engine } from "../lib/tensor/mod.ts";

/** Opens the engine of a device. */
export const OPEN_ENGINE = {
  cpu: createOnnxEngine,
  gpu: async () => createWebGpuEngine(await requireAdapter()),
} as const satisfies Record<string, () => Promise<Engine>>;

/** A key of the table. */
export type DeviceName = keyof typeof OPEN_ENGINE;

/** All of them. */
export const DEVICE_NAMES = Object.keys(OPEN_ENGINE) as readonly DeviceName[];
