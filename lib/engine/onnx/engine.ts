import process from "node:process";
import { availableParallelism } from "node:os";
import {
  type Bindings,
  checkBindings,
  checkFrozen,
  type CompileOptions,
  type DeviceTensor,
  type Engine,
  type Executable,
  type HardwarePeak,
  type HostTensor,
  hostTensor,
  type Program,
  type TensorsUse,
} from "../../tensor/mod.ts";
import { EngineWorker, type WorkerOptions } from "./engine_worker.ts";
import { OnnxExecutable } from "./executable.ts";
import { copyIn, Memory, OnnxTensor, type SharedTensor } from "./memory.ts";
import { measurePeak } from "./peak.ts";
import type { Plan, SlotIndex } from "./plan.ts";
import { planProgram } from "./planner.ts";
import { libraryPath } from "./runtime/library.ts";
import type { StoredModel } from "./runtime/backend.ts";
import { WeightNames } from "./weights/names.ts";
import { ConstantStore } from "./weights/store.ts";
import { EngineWorkers } from "./workers.ts";

/** How the engine calls onnxruntime. */
export interface OnnxEngineOptions {
  /** Threads that share the work of one operator; all cores unless given. */
  readonly threads?: number;
  /**
   * Whether idle threads wait in a loop, true unless given: faster, but other
   * jobs on the machine suffer.
   */
  readonly spinning?: boolean;
  /** "auto" binds the library directly and falls back to the package's binding. */
  readonly binding?: "auto" | "ffi" | "js";
  /**
   * Whether images may lie in blocks of channels inside of programs, true
   * unless given: faster, where the CPU has a known block.
   */
  readonly blocked?: boolean;
  /**
   * Start of the names of trace files with the time of every operator, one a
   * program, written when it is disposed; chrome://tracing opens them.
   */
  readonly profile?: string;
  /**
   * Folder where matrices of stored weights are kept as sessions read them, for
   * later processes and to share with others; in this process only if absent.
   */
  readonly cache?: string;
}

/** What a person wants to know about the engine on this machine. */
export interface OnnxEngineInfo {
  /** Version of onnxruntime. */
  readonly version: string;
  /** "ffi": bound directly; "js": through the onnxruntime-node package. */
  readonly binding: "ffi" | "js";
  /** Why the library is not bound directly. */
  readonly reason?: string;
  /** Threads that share the work of one operator. */
  readonly threads: number;
  /** File name of the library. */
  readonly library: string;
  /** Whether denormal floats are flushed to zero. */
  readonly flushesDenormals: boolean;
  /**
   * Channels in a block of onnxruntime's layout for images on this CPU; null
   * where images lie as the programs say.
   */
  readonly block: number | null;
}

/** The CPU engine, with what `doctor` tells about it. */
export interface OnnxEngine extends Engine {
  /** Library, binding and threads in use. */
  readonly info: OnnxEngineInfo;

  /** Measures what the processor reaches. */
  measurePeak(): Promise<HardwarePeak>;
}

/** A copy of an input that must wait for its turn, or the tensor itself. */
type PreparedInput = readonly [SlotIndex, HostTensor | OnnxTensor];

class Onnx implements OnnxEngine {
  readonly name = "onnx";
  readonly description: string;
  readonly info: OnnxEngineInfo;
  readonly workers: number;
  readonly lanes: number;
  /** Uses all threads. */
  readonly #whole: EngineWorker;
  readonly #workers: EngineWorkers;
  readonly #memory = new Memory();
  readonly #names = new WeightNames();
  readonly #store: ConstantStore;
  #executables = 0;
  #closed = false;

  constructor(
    whole: EngineWorker,
    info: OnnxEngineInfo,
    { options, store }: { options: WorkerOptions; store: ConstantStore },
  ) {
    this.#whole = whole;
    this.#workers = new EngineWorkers(whole, options);
    this.#store = store;
    this.info = info;
    this.workers = this.#workers.parts;
    this.lanes = this.#workers.lanes;
    this.description = `onnxruntime ${info.version} (${info.binding}), ` +
      `${info.threads} threads, ${process.platform} ${process.arch}`;
  }

  async compile(
    program: Program,
    { frozen = {}, ...place }: CompileOptions = {},
  ): Promise<Executable> {
    this.#requireOpen();
    checkFrozen(program, frozen);
    const worker = await this.#workers.at(place);
    const { block } = this.info;
    const states = await this.#names.sort(program, frozen);
    const plan = planProgram(program, {
      ...states,
      block,
      singleThread: worker.threads === 1,
    });
    const models: StoredModel[] = [];
    for (const model of plan.models) {
      models.push(await this.#store.store(model));
    }
    const id = this.#executables++;
    try {
      await worker.load(id, models, plan.steps);
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      throw new Error(`Cannot compile "${program.name}": ${text}`);
    }
    const names = new Set(Object.keys(frozen));
    return this.#makeExecutable(id, { program, plan, worker, frozen: names });
  }

  #makeExecutable(
    id: number,
    { program, plan, worker, frozen }: {
      program: Program;
      plan: Plan;
      worker: EngineWorker;
      frozen: ReadonlySet<string>;
    },
  ): OnnxExecutable {
    const bound = new Set<SlotIndex>();
    for (const { current, next = current } of plan.state.values()) {
      bound.add(current).add(next);
    }
    const outputSlots = new Set(plan.outputs.values());
    const own = new Map<SlotIndex, SharedTensor>();
    plan.slots.forEach(({ type, shape }, slot) => {
      if (bound.has(slot) || outputSlots.has(slot) || type === "i64") return;
      own.set(slot, this.#memory.allocate({ dtype: type, shape }));
    });
    for (const [slot, value] of plan.constants) copyIn(own.get(slot)!, value);
    const outputs = Object.fromEntries(
      Object.entries(program.outputs).map(([key, node]) =>
        [key, this.#newTensor(node)] as const
      ),
    );
    return new OnnxExecutable(id, program, plan, worker, frozen, own, outputs);
  }

  #newTensor({ dtype, shape }: DeviceTensor): OnnxTensor {
    const current = this.#memory.allocate({ dtype, shape });
    return new OnnxTensor({ owner: this, dtype, shape, current });
  }

  upload(tensor: HostTensor): Promise<DeviceTensor> {
    this.#requireOpen();
    const dtype = tensor.dtype === "f64" ? "f32" : tensor.dtype;
    const made = this.#newTensor({ dtype, shape: tensor.shape });
    copyIn(made.current, tensor);
    return Promise.resolve(made);
  }

  async download(tensor: DeviceTensor): Promise<HostTensor> {
    const { dtype, shape } = this.#ownTensor(tensor, "download");
    const others = Promise.all(
      this.#workers.started.map((worker) => worker.idle),
    );
    return await this.#whole.enqueue(async () => {
      await others;
      const { data } = this.#ownTensor(tensor, "download").current;
      const Kind = data.constructor as new (length: number) => typeof data;
      const copy = new Kind(data.length);
      copy.set(data as never);
      return hostTensor(dtype, shape, copy);
    });
  }

  async lend(
    tensors: readonly DeviceTensor[],
    use: TensorsUse,
  ): Promise<void> {
    await use(tensors.map((tensor) => {
      const { dtype, shape, current } = this.#ownTensor(tensor, "lend");
      return hostTensor(dtype, shape, current.data);
    }));
  }

  // The host sees all memory of this engine.
  fill(tensors: readonly DeviceTensor[], use: TensorsUse): Promise<void> {
    return this.lend(tensors, use);
  }

  async run(
    executable: Executable,
    bindings: Bindings,
  ): Promise<Readonly<Record<string, DeviceTensor>>> {
    this.#requireOpen();
    if (!(executable instanceof OnnxExecutable) || executable.disposed) {
      throw new TypeError("Cannot run: the executable is not of this engine");
    }
    checkBindings(executable.program, bindings, executable.frozen);
    const inputs = this.#prepareInputs(executable, bindings);
    const state = Object.entries(bindings.state ?? {})
      .map(([key, tensor]) => [key, this.#ownTensor(tensor, "run")] as const);
    await executable.worker.enqueue(() =>
      this.#runNow(executable, { inputs, state })
    );
    return executable.outputs;
  }

  /** Host inputs are copied before the caller can change them. */
  #prepareInputs(
    { plan, own, worker }: OnnxExecutable,
    { inputs = {} }: Bindings,
  ): PreparedInput[] {
    const prepared: PreparedInput[] = [];
    for (const [key, slot] of plan.inputs) {
      const tensor = inputs[key]!;
      if (!("data" in tensor)) {
        prepared.push([slot, this.#ownTensor(tensor, "run")]);
      } else if (worker.isIdle) {
        copyIn(own.get(slot)!, tensor);
      } else {
        const data = tensor.data.slice() as typeof tensor.data;
        prepared.push([slot, { ...tensor, data }]);
      }
    }
    return prepared;
  }

  async #runNow(
    executable: OnnxExecutable,
    { inputs, state }: {
      inputs: readonly PreparedInput[];
      state: readonly (readonly [string, OnnxTensor])[];
    },
  ): Promise<void> {
    const { id, plan, worker, own, outputs, tensors } = executable;
    const made = new Set(Object.values(outputs));
    for (const slot of plan.inputs.values()) tensors[slot] = own.get(slot)!;
    for (const [slot, tensor] of inputs) {
      if (!(tensor instanceof OnnxTensor)) copyIn(own.get(slot)!, tensor);
      // Its own output must not be overwritten while it is read.
      else if (made.has(tensor)) {
        own.get(slot)!.data.set(tensor.current.data as never);
      } else tensors[slot] = tensor.current;
    }
    const swapped: OnnxTensor[] = [];
    for (const [key, tensor] of state) {
      const { current, next } = plan.state.get(key)!;
      tensors[current] = tensor.current;
      if (next === undefined) continue;
      tensor.spare ??= this.#memory.allocate(tensor);
      tensors[next] = tensor.spare;
      swapped.push(tensor);
    }
    for (const [key, slot] of plan.outputs) {
      tensors[slot] = outputs[key]!.current;
    }
    await worker.run(id, tensors);
    for (const tensor of swapped) {
      [tensor.current, tensor.spare] = [tensor.spare!, tensor.current];
    }
  }

  dispose(resource: Executable | DeviceTensor): void {
    if (this.#closed) return;
    if (resource instanceof OnnxTensor) {
      if (resource.disposed) return;
      resource.disposed = true;
      this.#forget([resource]);
    } else if (resource instanceof OnnxExecutable && !resource.disposed) {
      resource.disposed = true;
      const { id, worker, own, outputs } = resource;
      const results = Object.values(outputs);
      for (const tensor of results) tensor.disposed = true;
      worker.enqueue(() => worker.unload(id)).catch(() => {});
      this.#forget(results, [...own.values()]);
    }
  }

  /** Has the workers forget memory after the runs that use it. */
  #forget(
    tensors: readonly OnnxTensor[],
    own: readonly SharedTensor[] = [],
  ): void {
    for (const worker of this.#workers.started) {
      worker.enqueue(() => {
        const held = tensors.flatMap((tensor) => tensor.held);
        worker.drop([...own, ...held]);
      });
    }
  }

  measurePeak(): Promise<HardwarePeak> {
    return measurePeak(this);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    try {
      await this.#workers.close();
    } finally {
      await this.#store.close();
    }
  }

  #ownTensor(tensor: DeviceTensor, what: string): OnnxTensor {
    if (!(tensor instanceof OnnxTensor) || tensor.owner !== this) {
      throw new TypeError(`Cannot ${what}: the tensor is of another engine`);
    }
    if (tensor.disposed) {
      throw new TypeError(`Cannot ${what}: the tensor is disposed`);
    }
    return tensor;
  }

  #requireOpen(): void {
    if (this.#closed) throw new Error("The onnx engine is closed");
  }
}

/**
 * Starts the CPU engine: a worker that owns the onnxruntime sessions.
 *
 * @throws {Error} when onnxruntime does not load
 */
export async function createOnnxEngine(
  { threads = availableParallelism(), spinning = true, ...rest }:
    OnnxEngineOptions = {},
): Promise<OnnxEngine> {
  const { binding = "auto", blocked = true, profile, cache } = rest;
  const options = { threads, spinning, profile, binding };
  const whole = await EngineWorker.start(options);
  const { kind, version, flushesDenormals, block, reason } = whole.opened;
  const info = {
    version,
    binding: kind,
    reason,
    threads,
    library: libraryPath().split("/").at(-1)!,
    flushesDenormals,
    block: blocked ? block : null,
  };
  return new Onnx(whole, info, { options, store: new ConstantStore(cache) });
}
