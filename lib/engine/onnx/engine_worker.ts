import { WorkerClient } from "./runtime/client.ts";
import type { BackendOptions, StoredModel } from "./runtime/backend.ts";
import type { Opened, TensorId } from "./runtime/messages.ts";
import type { SharedTensor } from "./memory.ts";
import type { Step } from "./plan.ts";

/** How a worker is opened. */
export interface WorkerOptions extends BackendOptions {
  readonly binding: "auto" | "ffi" | "js";
}

/** A thread of the engine with sessions of its own; its work happens in order. */
export class EngineWorker {
  readonly #client: WorkerClient;
  /** What the thread has tensors over. */
  readonly #known = new Set<TensorId>();
  #queue: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  /** What the thread found when it opened onnxruntime. */
  readonly opened: Opened;
  /** Threads that share the work of one operator. */
  readonly threads: number;

  private constructor(
    client: WorkerClient,
    { opened, threads }: { opened: Opened; threads: number },
  ) {
    this.#client = client;
    this.opened = opened;
    this.threads = threads;
  }

  /**
   * Starts a thread.
   *
   * @throws {Error} when onnxruntime does not load
   */
  static async start(
    { binding, ...options }: WorkerOptions,
  ): Promise<EngineWorker> {
    const client = new WorkerClient();
    try {
      const opened = await client.call({ kind: "open", options, binding });
      const { threads } = options;
      return new EngineWorker(client, { opened: opened as Opened, threads });
    } catch (error) {
      client.terminate();
      throw error;
    }
  }

  /** Whether nothing runs or waits. */
  get isIdle(): boolean {
    return this.#waiting === 0;
  }

  /** Ends when all work so far has. */
  get idle(): Promise<unknown> {
    return this.#queue;
  }

  /** Does `work` after all work before it, whether that succeeded or not. */
  enqueue<T>(work: () => T | Promise<T>): Promise<T> {
    this.#waiting++;
    const done = this.#queue.then(work).finally(() => this.#waiting--);
    this.#queue = done.catch(() => {});
    return done;
  }

  /** Loads the models of a plan. */
  async load(
    id: number,
    models: readonly StoredModel[],
    steps: readonly Step[],
  ): Promise<void> {
    const transfer = models.map(({ model }) => model.buffer);
    await this.#client.call({ kind: "load", id, models, steps }, transfer);
  }

  /** Forgets a plan. */
  async unload(id: number): Promise<void> {
    await this.#client.call({ kind: "unload", id });
  }

  /** Runs a plan over the tensor in each of its slots. */
  async run(
    id: number,
    slots: readonly (SharedTensor | null)[],
  ): Promise<void> {
    // Requests are served in order: what the run reads is known by then.
    for (const tensor of slots) if (tensor !== null) this.#hold(tensor);
    const tensors = slots.map((tensor) => tensor?.id ?? -1);
    await this.#client.call({ kind: "run", id, tensors });
  }

  #hold({ id, type, shape, data }: SharedTensor): void {
    if (this.#known.has(id)) return;
    this.#known.add(id);
    const memory = data.buffer as unknown as SharedArrayBuffer;
    const held = this.#client.call({ kind: "hold", id, type, shape, memory });
    held.catch(() => {});
  }

  /** Forgets tensors. */
  drop(tensors: readonly SharedTensor[]): void {
    const ids = tensors.map(({ id }) => id)
      .filter((id) => this.#known.delete(id));
    if (ids.length === 0) return;
    this.#client.call({ kind: "drop", ids }).catch(() => {});
  }

  /** Frees everything, after all work so far. */
  async close(): Promise<void> {
    await this.#queue;
    try {
      await this.#client.call({ kind: "close" });
    } finally {
      this.#client.terminate();
    }
  }
}
