import {
  type Bindings,
  checkBindings,
  checkFrozen,
  type CompileOptions,
  type DeviceTensor,
  type Engine,
  EngineError,
  EngineLostError,
  type EngineProfile,
  type Executable,
  type HardwarePeak,
  type HostTensor,
  type Program,
  type TensorsUse,
  zeros,
} from "../../tensor/mod.ts";
import { measurePeak } from "./peak.ts";
import type { WebGpuOptions } from "./options.ts";
import { describeKernels } from "./kernels/described.ts";
import { planProgram } from "./plan/plan.ts";
import {
  type AdapterInfo,
  type OpenDevice,
  openDevice,
} from "./runtime/device.ts";
import { Converter } from "./runtime/conversion.ts";
import { WebGpuExecutable } from "./runtime/executable.ts";
import { FrozenStore } from "./runtime/frozen.ts";
import { PipelineCache } from "./runtime/pipelines.ts";
import { Profiler } from "./runtime/profile.ts";
import { Recorder } from "./runtime/recorder.ts";
import { Tuning } from "./runtime/tuning.ts";
import {
  deviceBytes,
  fillBuffer,
  hostFromWords,
  makeBuffer,
  WebGpuTensor,
  wordsOfHost,
} from "./runtime/tensor.ts";

/** The GPU engine, with what `doctor` tells about it. */
export interface WebGpuEngine extends Engine {
  /** The adapter and its device. */
  readonly info: AdapterInfo;

  /** Resolves when the device goes away, also when the engine is closed; work that is under way then rejects with it. */
  readonly lost: Promise<EngineLostError>;

  /** Which kernels the adapter gets, by what they compute. */
  kernels(): Readonly<Record<string, string>>;

  /** Measures what the adapter reaches, in a few hundred milliseconds. */
  measurePeak(): Promise<HardwarePeak>;
}

class WebGpu implements WebGpuEngine {
  readonly name = "webgpu";
  readonly compilesTogether = true;
  readonly description: string;
  readonly info: AdapterInfo;
  readonly precision?: string;
  readonly lost: Promise<EngineLostError>;
  readonly profile?: () => Promise<EngineProfile>;
  readonly #open: OpenDevice;
  readonly #recorder: Recorder;
  readonly #pipelines: PipelineCache;
  readonly #frozen: FrozenStore;
  readonly #converter: Converter | undefined;
  readonly #roundsProducts: boolean;
  readonly #tuning: Tuning;
  readonly #profiler: Profiler | undefined;
  readonly #executables = new Set<WebGpuExecutable>();
  #failure: Error | undefined;
  #closed = false;

  private constructor(
    open: OpenDevice,
    { recorder, profiler, converter }: {
      recorder: Recorder;
      profiler: Profiler | undefined;
      converter: Converter | undefined;
    },
    { choices, tunes, precision = "f32", onCompile }: WebGpuOptions,
  ) {
    this.#open = open;
    this.#tuning = new Tuning(open, {
      store: choices ?? new Map<string, string>(),
      measures: tunes ?? false,
    });
    this.info = open.info;
    if (precision !== "f32") this.precision = precision;
    const note = precision === "f32" ? "" : `, precision ${precision}`;
    this.description = `WebGPU on ${open.info.description}${note}`;
    this.#roundsProducts = precision === "i8" &&
      open.info.languageFeatures.includes("packed_4x8_integer_dot_product");
    const { device } = open;
    this.#profiler = profiler;
    if (profiler !== undefined) this.profile = () => this.#profile();
    this.#recorder = recorder;
    this.#pipelines = new PipelineCache(open, onCompile);
    this.#frozen = new FrozenStore(device, precision);
    this.#converter = converter;
    device.addEventListener("uncapturederror", (event) => {
      const { message } = (event as GPUUncapturedErrorEvent).error;
      this.#failure ??= new EngineError(
        `The GPU reported an error: ${message}`,
      );
      event.preventDefault();
    });
    this.lost = device.lost.then(({ reason, message }) => {
      // What fails after a loss fails for it.
      if (this.#closed) return new EngineLostError("The engine was closed");
      const error = new EngineLostError(
        `The GPU was lost: ${message || reason}`,
      );
      this.#failure = error;
      return error;
    });
  }

  static async create(
    open: OpenDevice,
    options: WebGpuOptions,
  ): Promise<WebGpu> {
    const { profile = false, precision = "f32" } = options;
    const has = (feature: string) => open.info.features.includes(feature);
    const profiler = profile && has("timestamp-query")
      ? new Profiler(open.device)
      : undefined;
    const { isSoftware } = open.info;
    const recorder = new Recorder(open.device, { profiler, isSoftware });
    const converter = precision !== "f32" && has("shader-f16")
      ? await Converter.create(open, recorder)
      : undefined;
    return new WebGpu(open, { recorder, profiler, converter }, options);
  }

  async compile(
    program: Program,
    { frozen = {} }: CompileOptions = {},
  ): Promise<Executable> {
    this.#requireUsable();
    checkFrozen(program, frozen);
    return await this.#unlessLost(this.#compile(program, frozen));
  }

  async #compile(
    program: Program,
    frozen: NonNullable<CompileOptions["frozen"]>,
  ): Promise<Executable> {
    const formats = await this.#frozen.formatsOf(frozen);
    const converter = this.#converter;
    const plan = await this.#tuning.plan((choices) =>
      planProgram(program, this.#open.limits, {
        choices,
        formats,
        half: converter !== undefined,
        roundsProducts: this.#roundsProducts,
      })
    );
    const compiling = this.#pipelines.compileAll(program.name, plan.kernels);
    // Weights go to the device meanwhile, and those who fail are told below.
    compiling.catch(() => {});
    const held = await this.#frozen.hold(frozen, plan.states);
    let pipelines: readonly GPUComputePipeline[];
    try {
      pipelines = await compiling;
    } catch (error) {
      this.#frozen.release(held);
      throw error;
    }
    const executable = await WebGpuExecutable.create({
      owner: this,
      device: this.#open.device,
      info: this.info,
      recorder: this.#recorder,
      program,
      plan,
      pipelines,
      frozen: held,
      ...(converter && { converter }),
    });
    this.#executables.add(executable);
    return executable;
  }

  // deno-lint-ignore require-await -- rejects where others do
  async upload(tensor: HostTensor): Promise<DeviceTensor> {
    this.#requireUsable();
    const { device } = this.#open;
    const dtype = tensor.dtype === "f64" ? "f32" : tensor.dtype;
    const buffer = makeBuffer(device, { dtype, shape: tensor.shape });
    fillBuffer(device, buffer, wordsOfHost(tensor));
    return new WebGpuTensor(this, dtype, tensor.shape, buffer);
  }

  async download(tensor: DeviceTensor): Promise<HostTensor> {
    const own = this.#ownTensor(tensor, "download");
    if (this.#recorder.isWaiting) await this.#recorder.recorded();
    // A run meanwhile may change how it is kept.
    const { buffer, dtype, shape, format } = own;
    const kept = { dtype, shape, format };
    const size = deviceBytes(kept);
    if (size === 0) return hostFromWords(kept, new ArrayBuffer(0));
    const { COPY_DST, MAP_READ } = GPUBufferUsage;
    const staging = this.#open.device.createBuffer({
      size,
      usage: COPY_DST | MAP_READ,
    });
    this.#recorder.encoder.copyBufferToBuffer(buffer, 0, staging, 0, size);
    this.#recorder.flush();
    await this.#unlessLost(staging.mapAsync(GPUMapMode.READ));
    const bytes = staging.getMappedRange().slice(0);
    staging.destroy();
    this.#requireUsable();
    return hostFromWords(kept, bytes);
  }

  async lend(
    tensors: readonly DeviceTensor[],
    use: TensorsUse,
  ): Promise<void> {
    await use(await Promise.all(tensors.map((each) => this.download(each))));
  }

  async fill(
    tensors: readonly DeviceTensor[],
    use: TensorsUse,
  ): Promise<void> {
    const own = tensors.map((tensor) => this.#ownTensor(tensor, "fill"));
    const numbers = own.map(({ dtype, shape }) => zeros(dtype, shape));
    await use(numbers);
    await this.#recorder.recorded();
    this.#requireUsable();
    for (const tensor of own) this.#converter?.convert(tensor, undefined);
    // What was recorded before comes before.
    this.#recorder.flush();
    for (const [i, { buffer }] of own.entries()) {
      fillBuffer(this.#open.device, buffer, wordsOfHost(numbers[i]!));
    }
  }

  async run(
    executable: Executable,
    bindings: Bindings,
  ): Promise<Readonly<Record<string, DeviceTensor>>> {
    this.#requireUsable();
    const isOwn = executable instanceof WebGpuExecutable &&
      executable.owner === this && !executable.disposed;
    if (!isOwn) {
      throw new TypeError("Cannot run: the executable is not of this engine");
    }
    checkBindings(executable.program, bindings, executable.frozenNames);
    for (const tensor of Object.values(bindings.state ?? {})) {
      this.#ownTensor(tensor, "run");
    }
    for (const tensor of Object.values(bindings.inputs ?? {})) {
      if (!("data" in tensor)) this.#ownTensor(tensor, "run");
    }
    // Callers may change their inputs before those that wait are read.
    const read = this.#recorder.isBehind ? withOwnInputs(bindings) : bindings;
    const outputs = await this.#recorder.record(executable.record(read));
    await this.#recorder.keepUp();
    if (this.#failure !== undefined) throw this.#failure;
    return outputs;
  }

  /** Waits for something of the device; where that fails as the device is lost, for that reason. */
  async #unlessLost<T>(something: Promise<T>): Promise<T> {
    try {
      return await something;
    } catch (error) {
      const later = new Promise((resume) => setTimeout(resume, LOSS_TOLD_MS));
      await Promise.race([this.lost, later]);
      throw this.#failure ?? error;
    }
  }

  kernels(): Readonly<Record<string, string>> {
    return describeKernels(this.#open.limits, this.#tuning.remembered);
  }

  async measurePeak(): Promise<HardwarePeak> {
    this.#requireUsable();
    await this.#recorder.finish();
    return await measurePeak(this.#open.device);
  }

  async #profile(): Promise<EngineProfile> {
    const peak = await this.measurePeak();
    const { kernels, calls, clockSeconds } = await this.#profiler!.totals();
    return { kernels, calls, clockSeconds, peak };
  }

  dispose(resource: Executable | DeviceTensor): void {
    const isOwn = resource instanceof WebGpuTensor ||
      resource instanceof WebGpuExecutable;
    if (!isOwn || resource.disposed) return;
    if (this.#recorder.isWaiting) {
      this.#recorder.recorded().then(() => this.dispose(resource));
      return;
    }
    // Recorded commands may still name its buffers.
    this.#recorder.flush();
    resource.disposed = true;
    if (resource instanceof WebGpuTensor) {
      resource.buffer.destroy();
      for (const executable of this.#executables) {
        executable.forget(resource.buffer);
      }
    } else {
      this.#executables.delete(resource);
      resource.destroy();
      this.#frozen.release(resource.frozen);
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    await this.#recorder.finish();
    this.#closed = true;
    this.#recorder.destroy();
    this.#profiler?.destroy();
    this.#open.device.destroy();
  }

  #ownTensor(tensor: DeviceTensor, what: string): WebGpuTensor {
    const isOwn = tensor instanceof WebGpuTensor && tensor.owner === this;
    if (!isOwn) {
      throw new TypeError(`Cannot ${what}: a tensor is of another engine`);
    }
    if (tensor.disposed) {
      throw new TypeError(`Cannot ${what}: a tensor is disposed`);
    }
    return tensor;
  }

  #requireUsable(): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#closed) throw new TypeError("Cannot use a closed engine");
  }
}

/** A device that fails tells within this time that it was lost, on a busy machine too. */
const LOSS_TOLD_MS = 1000;

/** Bindings with copies of the inputs that the host has. */
function withOwnInputs({ inputs = {}, state }: Bindings): Bindings {
  const copied = Object.entries(inputs).map(([name, value]) =>
    [
      name,
      "data" in value ? { ...value, data: value.data.slice() } : value,
    ] as const
  );
  return {
    inputs: Object.fromEntries(copied) as NonNullable<Bindings["inputs"]>,
    ...(state && { state }),
  };
}

/**
 * Opens the GPU engine on an adapter.
 *
 * @throws {Error} where the adapter gives no device
 */
export async function createWebGpuEngine(
  adapter: GPUAdapter,
  options: WebGpuOptions = {},
): Promise<WebGpuEngine> {
  return await WebGpu.create(await openDevice(adapter, options), options);
}
