import type { Choices, Question } from "../kernels/mod.ts";
import { bytesOf } from "../plan/memory.ts";
import type { Plan } from "../plan/plan.ts";
import { CONSTANTS, INPUTS, type Kernel, type Storage } from "../wgsl/code.ts";
import type { OpenDevice } from "./device.ts";
import { PipelineCache } from "./pipelines.ts";
import { type Dispatch, Recorder } from "./recorder.ts";

/** Where the fastest kernel of each class is remembered, by adapter and class. */
export interface TuningStore {
  get(key: string): string | undefined;
  set(key: string, variant: string): void;
}

/** Runs of a kernel that are timed together, and how often that is done. */
const RUNS = 4;
const ROUNDS = 3;

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

  /** Plans with what is remembered, and again where something was measured. */
  async plan(make: (choices: Choices) => Plan): Promise<Plan> {
    const store = this.#store;
    const remembered: Choices = { get: (key) => store.get(key) };
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

  /** Milliseconds of a few runs on memory full of zeros; undefined where that cannot be told. */
  async #measure(kernels: readonly Kernel[]): Promise<number | undefined> {
    const { device } = this.#open;
    const buffers = new Map<Storage, GPUBuffer>();
    let pipelines: readonly GPUComputePipeline[];
    try {
      pipelines = await new PipelineCache(device)
        .compileAll("tuning", kernels);
    } catch {
      return undefined;
    }
    const storages = kernels.flatMap(({ bindings }) => bindings)
      .map(({ storage }) => storage);
    const bytes = [...new Set(storages)].map(argumentBytes);
    if (bytes.reduce((sum, size) => sum + size, 0) > LARGEST_ARGUMENTS) {
      return undefined;
    }
    for (const storage of storages) {
      if (buffers.has(storage)) continue;
      const size = argumentBytes(storage);
      const usage = GPUBufferUsage.STORAGE;
      buffers.set(storage, device.createBuffer({ size, usage }));
    }
    const dispatches = kernels.map((kernel, i) =>
      dispatchOf(device, kernel, { pipeline: pipelines[i]!, buffers })
    );
    const time = await this.#time(dispatches);
    for (const buffer of buffers.values()) buffer.destroy();
    return time;
  }

  async #time(dispatches: readonly Dispatch[]): Promise<number> {
    const recorder = new Recorder(this.#open.device);
    recorder.pass(dispatches);
    await recorder.finish();
    let best = Infinity;
    for (let round = 0; round < ROUNDS; round++) {
      const start = performance.now();
      for (let run = 0; run < RUNS; run++) recorder.pass(dispatches);
      await recorder.finish();
      best = Math.min(best, performance.now() - start);
    }
    recorder.destroy();
    return best;
  }
}

function argumentBytes(storage: Storage): number {
  const isShared = storage === INPUTS || storage === CONSTANTS;
  return Math.max(16, isShared ? SHARED_ARGUMENTS : bytesOf(storage));
}

function dispatchOf(
  device: GPUDevice,
  kernel: Kernel,
  { pipeline, buffers }: {
    pipeline: GPUComputePipeline;
    buffers: ReadonlyMap<Storage, GPUBuffer>;
  },
): Dispatch {
  const entries = kernel.bindings.map(({ storage }, binding) => ({
    binding,
    resource: { buffer: buffers.get(storage)! },
  }));
  const layout = pipeline.getBindGroupLayout(0);
  return {
    pipeline,
    bindGroup: device.createBindGroup({ layout, entries }),
    workgroups: kernel.workgroups,
  };
}
