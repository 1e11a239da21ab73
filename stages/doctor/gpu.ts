import { findAdapter } from "../../lib/cli/mod.ts";
import type { Finding } from "./finding.ts";

const NAME = "WebGPU adapter";

const FIX = "install a Vulkan driver (Debian: apt-get install libvulkan1 " +
  "mesa-vulkan-drivers for Intel, AMD and software rendering; nvidia-driver " +
  "for NVIDIA)";

/** Asks WebGPU for an adapter. */
export async function examineGpu(): Promise<Finding> {
  const base = { name: NAME, needed: false };
  try {
    const adapter = await findAdapter();
    if (adapter === undefined) {
      return { ...base, works: false, detail: "none was found", fix: FIX };
    }
    const { description, isFallbackAdapter } = adapter.info;
    const kind = isFallbackAdapter ? "software, for tests only" : "a real GPU";
    const features = ["shader-f16", "subgroups", "timestamp-query"]
      .filter((feature) => adapter.features.has(feature as GPUFeatureName));
    const list = features.length === 0 ? "no features" : features.join(", ");
    const engine = "the engine that uses it is not in this build yet";
    const detail = `${description} (${kind}; ${list}); ${engine}`;
    return { ...base, works: true, detail };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { ...base, works: false, detail: reason, fix: FIX };
  }
}
