import type { Choices, Question } from "../kernels/mod.ts";
import { bytesOf } from "../plan/memory.ts";
import type { Plan } from "../plan/plan.ts";
import type { Kernel } from "../kernels/code.ts";
import { CONSTANTS, INPUTS, type Storage } from "../wgsl/storage.ts";
import { imageSize } from "../wgsl/images.ts";
import type { OpenDevice } from "./device.ts";
import { GridStarts } from "./grid_starts.ts";
import { makeImage } from "./images.ts";
import { PipelineCache } from "./pipelines.ts";
import { type Dispatch, Recorder } from "./recorder.ts";

/** Where the fastest kernel of each class is remembered, by adapter and class. */
export interface TuningStore {
  get(key: string): string | undefined;
  set(key: string, variant: string): void;
}

/** How often runs are timed, and how many together at most. */
const ROUNDS = 3;
const MOST_RUNS = 1024;

/** Waiting for a device takes some ten milliseconds of its own. */
const LONG_ENOUGH_MS = 60;

/** A variant must be that much faster than the one before it: else timing noise would choose. */
const MARGIN = 0.97;

/** Bytes of memory for arguments; larger kernels are not measured. */
const LARGEST_ARGUMENTS = 2 ** 30;

/** Bytes that stand for inputs and constants, which kernels know by place only. */
const SHARED_ARGUMENTS = 2 ** 22;

/** Measures kernels that compute the same, once a class, and remembers the fastest. */
export class Tuning {
  readonly #open: OpenDevice;
  readonly #store: TuningStore;
  readonly #measures: boolean;

  /**
   * @param options.store what is remembered
   * @param options.measures whether classes without a choice are measured
   */
  constructor(
    open: OpenDevice,
    { store, measures }: { store: TuningStore; measures: boolean },
  ) {
    this.#open = open;
    this.#store = store;
    this.#measures = measures;
  }

  /** What is known already. */
  get remembered(): Choices {
    return { get: (key) => this.#store.get(key) };
  }

  /** Plans with what is remembered, and again where something was measured. */
  async plan(make: (choices: Choices) => Plan): Promise<Plan> {
    const { remembered } = this;
    if (!this.#measures) return make(remembered);
    const questions = new Map<string, Question>();
    const plan = make({
      ...remembered,
      ask: (question) => {
        if (!questions.has(question.key)) questions.set(question.key, question);
      },
    });
    for (const question of questions.values()) await this.#answer(question);
    return questions.size === 0 ? plan : make(remembered);
  }

  async #answer({ key, candidates }: Question): Promise<void> {
    let best: { name: string; time: number } | undefined;
    for (const { name, make } of candidates) {
      const time = await this.#measure(make());
      if (time === undefined) continue;
      if (best === undefined || time < MARGIN * best.time) {
        best = { name, time };
      }
    }
    if (best !== undefined) this.#store.set(key, best.name);
  }

  /** Milliseconds of a run on memory full of zeros; undefined where that cannot be told. */
  async #measure(kernels: readonly Kernel[]): Promise<number | undefined> {
    const { device } = this.#open;
    const bindings = kernels.flatMap((kernel) => kernel.bindings);
    const sizes = new Map(
      bindings.map(({ storage }) => [storage, argumentBytes(storage)] as const),
    );
    const bytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    const windowed = bindings.some(({ start }) => start !== undefined);
    if (windowed || bytes > LARGEST_ARGUMENTS) return undefined;
    // A device that has no room for the arguments must not fail for it.
    device.pushErrorScope("out-of-memory");
    device.pushErrorScope("validation");
    const buffers = new Map<Storage, GPUBuffer>();
    for (const [storage, size] of sizes) {
      const usage = GPUBufferUsage.STORAGE;
      buffers.set(storage, device.createBuffer({ size, usage }));
    }
    const time = await this.#timeKernels(kernels, buffers);
    for (const buffer of buffers.values()) buffer.destroy();
    const invalid = await device.popErrorScope();
    const full = await device.popErrorScope();
    return invalid === null && full === null ? time : undefined;
  }

  async #timeKernels(
    kernels: readonly Kernel[],
    buffers: ReadonlyMap<Storage, GPUBuffer>,
  ): Promise<number | undefined> {
    const { device } = this.#open;
    const images: GPUTexture[] = [];
    const starts = new GridStarts(device);
    try {
      const pipelines = await new PipelineCache(this.#open)
        .compileAll("tuning", kernels);
      const dispatches = kernels.flatMap((kernel, i) =>
        dispatchesOf(device, kernel, {
          pipeline: pipelines[i]!,
          buffers,
          images,
          starts,
        })
      );
      return await this.#time(dispatches);
    } catch {
      return undefined;
    } finally {
      starts.destroy();
      for (const image of images) image.destroy();
    }
  }

  /** Milliseconds of a run, from as many as take longer than waiting for them. */
  async #time(dispatches: readonly Dispatch[]): Promise<number> {
    const recorder = new Recorder(this.#open.device);
    const millisecondsOf = async (runs: number) => {
      const start = performance.now();
      for (let run = 0; run < runs; run++) recorder.pass(dispatches);
      await recorder.finish();
      return performance.now() - start;
    };
    await millisecondsOf(1);
    let runs = 1;
    while (runs < MOST_RUNS && await millisecondsOf(runs) < LONG_ENOUGH_MS) {
      runs *= 4;
    }
    let best = Infinity;
    for (let round = 0; round < ROUNDS; round++) {
      best = Math.min(best, await millisecondsOf(runs));
    }
    recorder.destroy();
    return best / runs;
  }
}

function argumentBytes(storage: Storage): number {
  const isShared = storage === INPUTS || storage === CONSTANTS;
  return Math.max(16, isShared ? SHARED_ARGUMENTS : bytesOf(storage));
}

function dispatchesOf(
  device: GPUDevice,
  kernel: Kernel,
  { pipeline, buffers, images, starts }: {
    pipeline: GPUComputePipeline;
    buffers: ReadonlyMap<Storage, GPUBuffer>;
    /** Where the images go that are made for it. */
    images: GPUTexture[];
    readonly starts: GridStarts;
  },
): Dispatch[] {
  const entries = kernel.bindings.map(({ storage, image }, binding) => {
    const buffer = buffers.get(storage)!;
    if (image === undefined) return { binding, resource: { buffer } };
    const { height } = imageSize(image, buffer.size / 4);
    const texture = makeImage(device, { format: image, height });
    images.push(texture);
    return { binding, resource: texture.createView() };
  });
  const layout = pipeline.getBindGroupLayout(0);
  const bindGroup = device.createBindGroup({ layout, entries });
  return starts.piecesOf(kernel, pipeline)
    .map((piece) => ({ ...piece, pipeline, bindGroup }));
}
