import type { KernelLimits } from "../kernels/mod.ts";
import { ALIGNMENT } from "../plan/memory.ts";
import { adapterName } from "./adapters.ts";
import { type Dialect, probeDialect } from "./dialect.ts";

/** A device with what kernels need to know of it. */
export interface OpenDevice {
  readonly device: GPUDevice;
  readonly info: AdapterInfo;
  readonly limits: KernelLimits;
  /** How its WGSL is written. */
  readonly dialect: Dialect;
}

/** What becomes of a wish for products of small matrices ("cooperative matrices"). */
export type CooperativeMatrices = "absent" | "withheld" | "granted";

/** What a person wants to know about an adapter. */
export interface AdapterInfo {
  readonly description: string;
  readonly vendor: string;
  /** Whether the adapter is software: for tests. */
  readonly isSoftware: boolean;
  readonly features: readonly string[];
  /** Extensions of WGSL that need no feature. */
  readonly languageFeatures: readonly string[];
  /** Products of small matrices, which no kernel uses. */
  readonly cooperativeMatrices: CooperativeMatrices;
  /** Bytes that one binding may cover. */
  readonly maxBindingBytes: number;
  /** Bytes of one buffer. */
  readonly maxBufferBytes: number;
  /** Storage buffers of one kernel. */
  readonly maxBindings: number;
  /** Bytes of memory that a workgroup shares. */
  readonly sharedBytes: number;
  /** Lanes of a subgroup; 0 where subgroups cannot be used. */
  readonly subgroupSize: number;
}

/** Features that are used where they are there. */
const OPTIONAL_FEATURES = [
  "shader-f16",
  "timestamp-query",
  "subgroups",
] as const;

/** Features that native implementations grant although adapters do not list them. */
const UNLISTED_FEATURES = ["subgroups"] as const;

/** Storage buffers of a kernel that are asked for, and images; eight and four are always there. */
const WANTED_BINDINGS = 24;

/** Bytes of shared memory that are asked for. */
const WANTED_SHARED_BYTES = 32768;

/**
 * Opens the device of an adapter, with its largest buffers.
 *
 * @throws {Error} where the adapter refuses
 */
export async function openDevice(
  adapter: GPUAdapter,
  { maxBindingBytes = Infinity, readsImages }: {
    maxBindingBytes?: number;
    readsImages?: boolean;
  } = {},
): Promise<OpenDevice> {
  const { isFallbackAdapter = false } = adapter.info;
  const requiredLimits = wantedLimits(adapter, maxBindingBytes);
  const { device, features } = await requestDevice(adapter, requiredLimits);
  const { dialect, subgroupSize } = await probeDialect(device, {
    subgroups: features.includes("subgroups"),
  });
  const { vendor } = adapter.info;
  const description = adapterName(adapter.info);
  const images = requiredLimits.maxStorageTexturesPerShaderStage;
  return {
    device,
    dialect,
    info: {
      description,
      vendor,
      isSoftware: isFallbackAdapter,
      features,
      languageFeatures: languageFeatures(),
      cooperativeMatrices: await askForCooperativeMatrices(adapter),
      maxBindingBytes: requiredLimits.maxStorageBufferBindingSize,
      maxBufferBytes: requiredLimits.maxBufferSize,
      maxBindings: requiredLimits.maxStorageBuffersPerShaderStage,
      sharedBytes: requiredLimits.maxComputeWorkgroupStorageSize,
      subgroupSize,
    },
    limits: {
      maxBindings: requiredLimits.maxStorageBuffersPerShaderStage,
      windowWords: windowWords(requiredLimits.maxStorageBufferBindingSize),
      sharedBytes: requiredLimits.maxComputeWorkgroupStorageSize,
      subgroupSize,
      maxInvocations: device.limits.maxComputeInvocationsPerWorkgroup,
      isSoftware: isFallbackAdapter,
      readsImages: readsImages ??
        (isFallbackAdapter && images === WANTED_BINDINGS),
      adapter: description,
    },
  };
}

/** What is asked of an adapter: no more than it has. */
function wantedLimits({ limits }: GPUAdapter, maxBindingBytes: number) {
  const atMost = (name: keyof GPUSupportedLimits, wanted: number) =>
    Math.min(limits[name] as number, wanted);
  return {
    maxBufferSize: limits.maxBufferSize,
    maxStorageBufferBindingSize: atMost(
      "maxStorageBufferBindingSize",
      maxBindingBytes,
    ),
    maxStorageBuffersPerShaderStage: atMost(
      "maxStorageBuffersPerShaderStage",
      WANTED_BINDINGS,
    ),
    maxStorageTexturesPerShaderStage: atMost(
      "maxStorageTexturesPerShaderStage",
      WANTED_BINDINGS,
    ),
    maxComputeWorkgroupStorageSize: atMost(
      "maxComputeWorkgroupStorageSize",
      WANTED_SHARED_BYTES,
    ),
  };
}

/** Extensions of WGSL that the implementation knows: types of browsers lack the property. */
function languageFeatures(): string[] {
  const { wgslLanguageFeatures = [] } = navigator.gpu as {
    readonly wgslLanguageFeatures?: Iterable<string>;
  };
  return [...wgslLanguageFeatures];
}

/** Asks for the listed features, and first for those too that adapters grant without listing them. */
async function requestDevice(
  adapter: GPUAdapter,
  requiredLimits: Record<string, number>,
): Promise<{ device: GPUDevice; features: readonly string[] }> {
  const listed = OPTIONAL_FEATURES.filter((feature) =>
    adapter.features.has(feature as GPUFeatureName)
  );
  const all = [...new Set([...listed, ...UNLISTED_FEATURES])];
  try {
    return { device: await request(all), features: all };
  } catch {
    return { device: await request(listed), features: listed };
  }
  function request(features: readonly string[]): Promise<GPUDevice> {
    const requiredFeatures = features as GPUFeatureName[];
    return adapter.requestDevice({ requiredFeatures, requiredLimits });
  }
}

/**
 * Asks an adapter for products of small matrices: no list of features names
 * them, and Deno 2.9.6 keeps all that wgpu calls experimental off, so that an
 * adapter which has them is known by the error of its refusal.
 */
export async function askForCooperativeMatrices(
  adapter: Pick<GPUAdapter, "requestDevice">,
): Promise<CooperativeMatrices> {
  const requiredFeatures = ["wgpu-cooperative-matrix" as GPUFeatureName];
  try {
    const device = await adapter.requestDevice({ requiredFeatures });
    device.destroy();
    return "granted";
  } catch (error) {
    // What an adapter lacks, and what nobody knows, is a TypeError by the standard.
    return error instanceof TypeError ? "absent" : "withheld";
  }
}

/** Words of the largest binding, so that the next one starts where bindings may. */
function windowWords(bytes: number): number {
  return Math.floor(bytes / ALIGNMENT) * ALIGNMENT / 4;
}
