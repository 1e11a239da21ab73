import {
  type Bindings,
  type DeviceTensor,
  EngineError,
  type Executable,
  type HostTensor,
  type Program,
} from "../../../tensor/mod.ts";
import type { ImageUse } from "../plan/images.ts";
import { bytesOf } from "../plan/memory.ts";
import type { Plan } from "../plan/plan.ts";
import { wordsOf, writeWords } from "../plan/words.ts";
import type { Kernel } from "../kernels/code.ts";
import { workOf } from "../kernels/grid.ts";
import { CONSTANTS, INPUTS, type Storage } from "../wgsl/storage.ts";
import type { AdapterInfo } from "./device.ts";
import type { Converter } from "./conversion.ts";
import type { Frozen } from "./frozen.ts";
import { GridStarts } from "./grid_starts.ts";
import { copyToImage, type ImageCopy, makeImage } from "./images.ts";
import type { Dispatch, Recorder } from "./recorder.ts";
import { deviceBytes, fillBuffer, makeBuffer, WebGpuTensor } from "./tensor.ts";

/** What an executable is made of. */
export interface ExecutableParts {
  readonly owner: unknown;
  readonly device: GPUDevice;
  readonly info: AdapterInfo;
  readonly recorder: Recorder;
  readonly program: Program;
  readonly plan: Plan;
  /** One a kernel. */
  readonly pipelines: readonly GPUComputePipeline[];
  readonly frozen: Frozen;
  /** Where f16 may be kept: what brings states into the formats of the plan. */
  readonly converter?: Converter;
}

/** A part of a buffer. */
interface Span {
  readonly buffer: GPUBuffer;
  readonly offset: number;
  readonly size: number;
}

/** A program with its pipelines and memory. */
export class WebGpuExecutable implements Executable {
  disposed = false;
  readonly owner: unknown;
  readonly program: Program;
  readonly frozen: Frozen;
  readonly frozenNames: ReadonlySet<string>;
  readonly #parts: ExecutableParts;
  readonly #own: ReadonlyMap<Storage, GPUBuffer>;
  readonly #arena: GPUBuffer;
  readonly #starts: GridStarts;
  /** Images by their slots, and what kernels bind of them. */
  readonly #images: readonly GPUTexture[];
  readonly #views: readonly GPUTextureView[];
  readonly #outputs: Readonly<Record<string, WebGpuTensor>>;
  readonly #inputWords: Uint32Array<ArrayBuffer>;
  /** Dispatches by the states they are bound to: training alternates between few. */
  readonly #recorded = new Map<string, readonly Dispatch[]>();
  readonly #stateIds = new Map<GPUBuffer, number>();
  #lastId = 0;

  private constructor(parts: ExecutableParts, own: Map<Storage, GPUBuffer>) {
    const { owner, device, program, plan, frozen } = parts;
    this.#parts = parts;
    this.owner = owner;
    this.program = program;
    this.frozen = frozen;
    this.frozenNames = new Set(
      [...plan.states].filter(([, { storage }]) => frozen.has(storage))
        .map(([name]) => name),
    );
    this.#own = own;
    this.#starts = new GridStarts(device);
    this.#inputWords = new Uint32Array(plan.inputs.words);
    this.#arena = device.createBuffer({
      size: Math.max(4, plan.arena.bytes),
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC,
    });
    this.#images = plan.images.slots.map((slot) => makeImage(device, slot));
    this.#views = this.#images.map((image) => image.createView());
    const outputs: Record<string, WebGpuTensor> = {};
    for (const [name, storage] of plan.outputs) {
      const { dtype, shape } = storage;
      const buffer = makeBuffer(device, storage);
      own.set(storage, buffer);
      outputs[name] = new WebGpuTensor(owner, dtype, shape, buffer);
    }
    this.#outputs = outputs;
  }

  /**
   * Allocates an executable's memory.
   *
   * @throws {Error} where it does not fit the adapter, with what it needs
   */
  static async create(parts: ExecutableParts): Promise<WebGpuExecutable> {
    const { device, program, plan } = parts;
    requireFits(parts);
    device.pushErrorScope("out-of-memory");
    const own = new Map<Storage, GPUBuffer>();
    const words = (count: number) =>
      ({ dtype: "u32", shape: [count] }) as const;
    own.set(INPUTS, makeBuffer(device, words(plan.inputs.words)));
    const constants = makeBuffer(device, words(plan.constants.length));
    own.set(CONSTANTS, constants);
    fillBuffer(device, constants, plan.constants);
    const executable = new WebGpuExecutable(parts, own);
    executable.#fillFixedImages();
    const error = await device.popErrorScope();
    if (error === null) return executable;
    executable.destroy();
    const mebibytes = Math.ceil(plan.arena.bytes / 2 ** 20);
    throw new EngineError(
      `Cannot compile "${program.name}": the GPU has no memory for its ` +
        `${mebibytes} MiB of temporary tensors; use a smaller batch`,
    );
  }

  /** Copies to images what no run changes: constants and frozen states. */
  #fillFixedImages(): void {
    const { recorder, plan } = this.#parts;
    const nothing = new Map<Storage, GPUBuffer>();
    for (const use of plan.images.uses.flat()) {
      if (!use.copies || !this.#isFixed(use.storage)) continue;
      copyToImage(recorder.encoder, this.#imageCopy(use, nothing));
    }
  }

  /** Whether no run changes a storage. */
  #isFixed(storage: Storage): boolean {
    return this.#parts.plan.images.unwritten.has(storage) &&
      (storage === CONSTANTS || this.frozen.has(storage));
  }

  #imageCopy(
    { storage, slot }: ImageUse,
    state: ReadonlyMap<Storage, GPUBuffer>,
  ): ImageCopy {
    const { buffer, offset, size } = this.#span(storage, state);
    return { buffer, offset, bytes: size, texture: this.#images[slot]! };
  }

  /** Records one run, in pieces that are as long as the device wants them. */
  *record(
    { inputs = {}, state = {} }: Bindings,
  ): Generator<undefined, Record<string, DeviceTensor>> {
    const { recorder, plan } = this.#parts;
    this.#recordInputs(inputs);
    const buffers = this.#stateBuffers(state as Record<string, WebGpuTensor>);
    yield* recorder.pieces(this.#dispatches(buffers));
    for (const { from, to } of plan.copies) {
      const { buffer, offset, size } = this.#span(from, buffers);
      const target = this.#span(to, buffers);
      recorder.encoder
        .copyBufferToBuffer(buffer, offset, target.buffer, 0, size);
    }
    return { ...this.#outputs };
  }

  #recordInputs(inputs: NonNullable<Bindings["inputs"]>): void {
    const { recorder, plan, program, converter } = this.#parts;
    const target = this.#own.get(INPUTS)!;
    let hosted = false;
    for (const [name, value] of Object.entries(inputs)) {
      if (!("data" in value)) continue;
      const start = plan.inputs.offsets.get(name)!;
      const words = wordsOf(program.inputs[name]!);
      const part = this.#inputWords.subarray(start, start + words);
      writeWords(value as HostTensor, part);
      hosted = true;
    }
    if (hosted) recorder.write(this.#inputWords, target, 0);
    for (const [name, value] of Object.entries(inputs)) {
      if ("data" in value) continue;
      const start = plan.inputs.offsets.get(name)!;
      converter?.convert(value as WebGpuTensor, undefined);
      const size = deviceBytes(value);
      if (size === 0) continue;
      const { buffer } = value as WebGpuTensor;
      recorder.encoder.copyBufferToBuffer(buffer, 0, target, 4 * start, size);
    }
  }

  #stateBuffers(
    state: Readonly<Record<string, WebGpuTensor>>,
  ): Map<Storage, GPUBuffer> {
    const { plan, converter } = this.#parts;
    const buffers = new Map<Storage, GPUBuffer>();
    for (const [name, tensor] of Object.entries(state)) {
      const { storage } = plan.states.get(name)!;
      converter?.convert(tensor, keptState(storage));
      buffers.set(storage, tensor.buffer);
    }
    return buffers;
  }

  #dispatches(buffers: ReadonlyMap<Storage, GPUBuffer>): readonly Dispatch[] {
    const key = [...buffers.values()].map((buffer) => this.#idOf(buffer))
      .join();
    let dispatches = this.#recorded.get(key);
    if (dispatches === undefined) {
      const { plan, pipelines } = this.#parts;
      dispatches = plan.kernels.flatMap((kernel, i) =>
        this.#dispatchesOf(kernel, {
          pipeline: pipelines[i]!,
          uses: plan.images.uses[i]!,
          state: buffers,
        })
      );
      this.#recorded.set(key, dispatches);
    }
    return dispatches;
  }

  /** Lets go of what is bound to a state that is gone. */
  forget(buffer: GPUBuffer): void {
    const id = this.#stateIds.get(buffer);
    if (id === undefined) return;
    this.#stateIds.delete(buffer);
    for (const key of this.#recorded.keys()) {
      if (key.split(",").includes(String(id))) this.#recorded.delete(key);
    }
  }

  #idOf(buffer: GPUBuffer): number {
    let id = this.#stateIds.get(buffer);
    if (id === undefined) {
      this.#stateIds.set(buffer, id = this.#lastId++);
    }
    return id;
  }

  /** Those of one kernel, a piece each. */
  #dispatchesOf(
    kernel: Kernel,
    { pipeline, uses, state }: {
      pipeline: GPUComputePipeline;
      uses: readonly ImageUse[];
      state: ReadonlyMap<Storage, GPUBuffer>;
    },
  ): Dispatch[] {
    const { name, bindings } = kernel;
    let images = 0;
    const entries = bindings.map((bound, binding) => {
      const { storage, start, words, image } = bound;
      if (image !== undefined) {
        const { slot } = uses[images++]!;
        return { binding, resource: this.#views[slot]! };
      }
      const { buffer, offset, size } = this.#span(storage, state);
      const resource = start === undefined
        ? { buffer, offset, size }
        : { buffer, offset: offset + 4 * start, size: 4 * words! };
      return { binding, resource };
    });
    const bindGroup = this.#parts.device.createBindGroup({
      label: name,
      layout: pipeline.getBindGroupLayout(0),
      entries,
    });
    const copies = uses
      .filter(({ copies, storage }) => copies && !this.#isFixed(storage))
      .map((use) => this.#imageCopy(use, state));
    const profiled = { kernel, program: this.program.name };
    const { isTimed: isWhole } = this.#parts.recorder;
    const pieces = this.#starts.piecesOf(kernel, pipeline, { isWhole });
    const work = workOf(kernel) / pieces.length;
    return pieces.map((piece, i) => ({
      ...piece,
      pipeline,
      bindGroup,
      work,
      ...i === 0 && { copies },
      profiled,
    }));
  }

  #span(storage: Storage, state: ReadonlyMap<Storage, GPUBuffer>): Span {
    const buffer = state.get(storage) ?? this.frozen.get(storage) ??
      this.#own.get(storage);
    if (buffer !== undefined) return { buffer, offset: 0, size: buffer.size };
    const offset = this.#parts.plan.arena.offsets.get(storage);
    if (offset === undefined) {
      throw new Error(`internal: a storage of "${this.program.name}" is lost`);
    }
    return { buffer: this.#arena, offset, size: bytesOf(storage) };
  }

  /** Frees the executable's memory, but not what it shares. */
  destroy(): void {
    this.#arena.destroy();
    this.#starts.destroy();
    for (const image of this.#images) image.destroy();
    for (const buffer of this.#own.values()) buffer.destroy();
    for (const output of Object.values(this.#outputs)) output.disposed = true;
  }
}

/** The format of a state that runs bind: formats that cannot be written are for frozen ones. */
function keptState({ format }: Storage): "half" | undefined {
  return format === "half" ? format : undefined;
}

/** Whether the arena and every tensor fit into buffers. */
function requireFits({ program, plan, info }: ExecutableParts): void {
  const mebibytes = (bytes: number) => `${Math.ceil(bytes / 2 ** 20)} MiB`;
  const refuse = (what: string, bytes: number) => {
    throw new EngineError(
      `Cannot compile "${program.name}": ${what} ${
        mebibytes(bytes)
      }, the GPU ` +
        `allows buffers of ${mebibytes(info.maxBufferBytes)}; use a smaller ` +
        `batch or model, or --device cpu`,
    );
  };
  if (plan.arena.bytes > info.maxBufferBytes) {
    refuse("its temporary tensors take", plan.arena.bytes);
  }
  for (const { name, bindings } of plan.kernels) {
    for (const { storage } of bindings) {
      const bytes = bytesOf(storage);
      if (bytes > info.maxBufferBytes) {
        refuse(`kernel "${name}" reads a tensor of`, bytes);
      }
    }
  }
}
