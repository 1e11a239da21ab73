import { UserError } from "../artifact/mod.ts";
import type { Engine } from "../tensor/engine.ts";
import type { Logger } from "../pipeline/mod.ts";
import { findAdapter } from "./gpu.ts";

/** What `--device` takes. */
export const DEVICES = ["auto", "gpu", "cpu", "reference"] as const;

/** A value of `--device`. */
export type Device = typeof DEVICES[number];

/** Opens one engine; loads its code only then. */
export type EngineFactory = () => Promise<Engine>;

/** The engines of this build by device; a device without one has a reason. */
export type EngineTable = Readonly<
  Record<Exclude<Device, "auto">, EngineFactory | { readonly missing: string }>
>;

/**
 * Opens the engine of a device. `auto` takes a real GPU where it works, else
 * the CPU; once an engine is open, no other takes its place.
 *
 * @throws {UserError} where the device does not work here
 */
export async function openEngine(
  device: Device,
  engines: EngineTable,
  log: Pick<Logger, "info">,
): Promise<Engine> {
  if (device !== "auto") return await openNamed(device, engines);
  if (typeof engines.gpu === "function" && await hasGpu()) {
    try {
      return await openNamed("gpu", engines);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      log.info(`The GPU does not work, the CPU takes over: ${reason}`);
    }
  }
  return await openNamed("cpu", engines);
}

async function openNamed(
  device: Exclude<Device, "auto">,
  engines: EngineTable,
): Promise<Engine> {
  if (device === "gpu" && !await hasGpu({ software: true })) {
    throw new UserError(
      "Cannot use --device gpu: no GPU was found (spherear doctor says more)",
    );
  }
  const engine = engines[device];
  if (typeof engine === "function") return await engine();
  throw new UserError(`Cannot use --device ${device}: ${engine.missing}`);
}

/** Whether WebGPU has an adapter here; a software one counts where asked. */
export async function hasGpu(
  { software = false }: { software?: boolean } = {},
): Promise<boolean> {
  try {
    const adapter = await findAdapter();
    if (adapter === undefined) return false;
    return software || !adapter.info.isFallbackAdapter;
  } catch {
    return false;
  }
}
