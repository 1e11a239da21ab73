import { hostname } from "node:os";
import type { Environment } from "./environment.ts";

/**
 * What chooses among GPUs before WebGPU is asked, which then gives the first:
 * variables of Vulkan's loader, of Mesa, and of container runtimes. Not
 * CUDA_VISIBLE_DEVICES, which Vulkan does not read.
 */
const CHOOSING = [
  "VK_DRIVER_FILES",
  "VK_ICD_FILENAMES",
  "VK_LOADER_DRIVERS_SELECT",
  "VK_LOADER_DRIVERS_DISABLE",
  "VK_LOADER_DEVICE_SELECT",
  "MESA_VK_DEVICE_SELECT",
  "DRI_PRIME",
  "NVIDIA_VISIBLE_DEVICES",
] as const;

/** Files of GPUs: NVIDIA's, and those of Mesa's drivers (AMD, Intel). */
const DEVICES: Readonly<Record<string, RegExp>> = {
  "/dev": /^nvidia\d+$/,
  "/dev/dri": /^renderD\d+$/,
};

/** What a process sees of its machine's GPUs. */
export interface GpuView {
  readonly host: string;
  /** Files that it may open; Slurm may withhold those of others. */
  readonly devices: readonly string[];
  /** Variables that choose, and their values. */
  readonly chosen: Readonly<Record<string, string>>;
}

/** What this process sees. */
export function gpuView(environment: Environment): GpuView {
  const devices = Object.entries(DEVICES).flatMap(([folder, names]) =>
    filesIn(folder).filter((name) => names.test(name))
      .map((name) => `${folder}/${name}`).filter(mayOpen)
  );
  const chosen = CHOOSING.flatMap((name) => {
    const value = environment(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    host: hostname(),
    devices: devices.toSorted(),
    chosen: Object.fromEntries(chosen),
  };
}

/** Ranks that see the same GPUs of one machine, and so get the same one. */
export function sharedGpus(
  views: readonly GpuView[],
): readonly (readonly number[])[] {
  const ranks = Map.groupBy(
    views.keys().filter((rank) => views[rank]!.devices.length > 0),
    (rank) => JSON.stringify(views[rank]),
  );
  return [...ranks.values()].filter(({ length }) => length > 1);
}

function filesIn(folder: string): readonly string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch {
    return [];
  }
}

function mayOpen(path: string): boolean {
  try {
    Deno.openSync(path, { read: true }).close();
    return true;
  } catch {
    return false;
  }
}
