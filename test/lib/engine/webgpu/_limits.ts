import type { KernelLimits } from "../../../../lib/engine/webgpu/kernels/mod.ts";

/** What every adapter allows at least. */
export const LIMITS: KernelLimits = {
  maxBindings: 8,
  windowWords: 2 ** 25,
  sharedBytes: 16384,
  subgroupSize: 0,
  maxInvocations: 256,
  isSoftware: false,
  readsImages: false,
  adapter: "none",
};
