import { UserError } from "../artifact/mod.ts";
import type { Engine } from "../tensor/engine.ts";
import { findAdapter } from "./gpu.ts";

/** What `--device` takes. */
export const DEVICES = ["auto", "gpu", "cpu", "reference"] as const;

/** A value of `--device`. */
export type Device = typeof DEVICES[number];

/** What `--precision` takes: f16 and i8 are for the GPU engine. */
export const PRECISIONS = ["f32", "f16", "i8"] as const;

/** A value of `--precision`. */
export type Precision = typeof PRECISIONS[number];

/** How an engine is opened. */
export interface EngineRequest {
  /** How close to the reference a GPU computes. */
  readonly precision: Precision;
  /** File that `--profile` names: the time of every kernel is wanted there. */
  readonly profile?: string;
  /** Says what is not as asked for: one line. */
  tell(line: string): void;
}

/** Measured with Mesa's llvmpipe: steps of both trainings of the tiny preset. */
const SOFTWARE =
  "The only GPU here is software: it computes right, but takes " +
  "about ten times as long as --device cpu";

/** Opens one engine; loads its code only then. */
export type EngineFactory = (request: EngineRequest) => Promise<Engine>;

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
  request: EngineRequest,
): Promise<Engine> {
  const open = (named: Exclude<Device, "auto">) =>
    openNamed(named, engines, request);
  const { precision } = request;
  const exact = precision === "f32";
  if (device !== "auto") {
    if (!exact && device !== "gpu") {
      throw new UserError(
        `Cannot use --precision ${precision} with --device ${device}: ` +
          "expected gpu",
      );
    }
    return await open(device);
  }
  if (typeof engines.gpu === "function" && await hasGpu()) {
    try {
      return await open("gpu");
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      request.tell(`The GPU does not work, the CPU takes over: ${reason}`);
    }
  }
  if (!exact) {
    request.tell(`No --precision ${precision}: the CPU engine computes in f32`);
  }
  return await open("cpu");
}

async function openNamed(
  device: Exclude<Device, "auto">,
  engines: EngineTable,
  request: EngineRequest,
): Promise<Engine> {
  if (device === "gpu" && !await hasGpu({ software: true })) {
    throw new UserError(
      "Cannot use --device gpu: no GPU was found (spherear doctor says more)",
    );
  }
  if (device === "gpu" && !await hasGpu()) request.tell(SOFTWARE);
  const engine = engines[device];
  if (typeof engine === "function") return await engine(request);
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
