import { findAdapter, TuningFile } from "../../cli/mod.ts";
import type {
  AdapterChoice,
  AdapterInfo,
  WebGpuEngine,
} from "../../engine/webgpu/mod.ts";
import type { HardwarePeak } from "../../tensor/mod.ts";
import type { Finding } from "./finding.ts";

const ADAPTER = { name: "WebGPU adapter", needed: false } as const;
const ENGINE = { name: "GPU engine (--device gpu)", needed: false } as const;

const FIX = "install a Vulkan driver (Debian: apt-get install libvulkan1 " +
  "mesa-vulkan-drivers for Intel, AMD and software rendering; nvidia-driver " +
  "for NVIDIA)";
const ENGINE_FIX = "update the graphics driver; --device cpu works meanwhile";

const COOPERATIVE_MATRICES = {
  absent: "not offered",
  withheld: "the adapter has them, this Deno does not enable them",
  granted: "offered, not used",
} as const satisfies Record<AdapterInfo["cooperativeMatrices"], string>;

/** Asks WebGPU for an adapter, and computes on it. */
export async function examineGpu(): Promise<Finding[]> {
  let adapter: GPUAdapter | undefined;
  try {
    adapter = await findAdapter();
  } catch (error) {
    return [{ ...ADAPTER, works: false, detail: reasonOf(error), fix: FIX }];
  }
  if (adapter === undefined) {
    const detail = "none was found";
    return [{ ...ADAPTER, works: false, detail, fix: FIX }];
  }
  const { adapterName, listAdapters } = await import(
    "../../engine/webgpu/mod.ts"
  );
  const kind = adapter.info.isFallbackAdapter
    ? "software that stands in for a GPU: right, but slower than --device cpu"
    : "a real GPU";
  const detail = `${adapterName(adapter.info)}, ${kind}`;
  const adapters = await listAdapters(navigator.gpu);
  return [
    { ...ADAPTER, works: true, detail, facts: namesOf(adapters) },
    await examineEngine(adapter),
  ];
}

/** The names of all adapters, where there are several. */
function namesOf(adapters: readonly AdapterChoice[]): Finding["facts"] {
  if (adapters.length < 2) return {};
  const names = adapters.map(({ name, isSoftware }) =>
    isSoftware ? `${name} (software)` : name
  );
  return { adapters: names.join("; ") };
}

async function examineEngine(adapter: GPUAdapter): Promise<Finding> {
  let engine: WebGpuEngine | undefined;
  try {
    const { createWebGpuEngine } = await import(
      "../../engine/webgpu/mod.ts"
    );
    const { tryEngine } = await import("./trial.ts");
    engine = await createWebGpuEngine(adapter, {
      choices: await TuningFile.open(),
    });
    const { error, tolerance } = await tryEngine(engine);
    const facts = {
      ...factsOf(engine.info, await engine.measurePeak()),
      ...engine.kernels(),
    };
    const works = error <= tolerance;
    const found = `a small computation is off by ${error.toExponential(1)}`;
    if (works) {
      return { ...ENGINE, works, detail: `${found}, as rounding is`, facts };
    }
    const detail = `${found}; rounding explains ${tolerance} at most`;
    return { ...ENGINE, works, detail, facts, fix: ENGINE_FIX };
  } catch (error) {
    const detail = reasonOf(error);
    return { ...ENGINE, works: false, detail, fix: ENGINE_FIX };
  } finally {
    await engine?.close();
  }
}

function factsOf(
  info: AdapterInfo,
  { flopsPerSecond, bytesPerSecond }: HardwarePeak,
): Finding["facts"] {
  const { features, languageFeatures, subgroupSize } = info;
  const hasBytes = languageFeatures.includes("packed_4x8_integer_dot_product");
  return {
    driver: info.description,
    software: info.isSoftware,
    features: features.length === 0 ? "none" : features.join(", "),
    bufferMiB: mebibytes(info.maxBufferBytes),
    bindingMiB: mebibytes(info.maxBindingBytes),
    bindingsOfKernel: info.maxBindings,
    sharedKiB: info.sharedBytes / 2 ** 10,
    subgroupSize: subgroupSize === 0 ? "no subgroups" : subgroupSize,
    f16InMemory: features.includes("shader-f16")
      ? "all that --precision f16 allows"
      : "frozen weights only (no shader-f16)",
    productsOfBytes: hasBytes ? "dot4I8Packed" : "not offered",
    cooperativeMatrices: COOPERATIVE_MATRICES[info.cooperativeMatrices],
    peakGigaflopsPerSecond: giga(flopsPerSecond),
    peakGigabytesPerSecond: giga(bytesPerSecond),
  };
}

function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n")[0] ?? "";
}

function mebibytes(bytes: number): number {
  return Math.floor(bytes / 2 ** 20);
}

function giga(value: number): number {
  return Number((value / 1e9).toPrecision(3));
}
