import { UserError } from "../artifact/mod.ts";
import type { Engine } from "../tensor/engine.ts";
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
 * Opens the engine of a device. `auto` takes a real GPU where there is an
 * engine for it, else the CPU.
 *
 * @throws {UserError} where the device does not work here
 */
export async function openEngine(
  device: Device,
  engines: EngineTable,
): Promise<Engine> {
  if (device !== "auto") return await openNamed(device, engines);
  if (typeof engines.gpu === "function" && await hasGpu()) {
    return await openNamed("gpu", engines);
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
