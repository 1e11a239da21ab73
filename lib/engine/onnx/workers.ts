import type { CompileOptions } from "../../tensor/mod.ts";
import { EngineWorker, type WorkerOptions } from "./engine_worker.ts";

/**
 * Programs that run side by side, each on its part of the threads: not one a
 * thread, because each needs memory for gradients of its own.
 */
const PARTS = 2;

/**
 * The workers of an engine: one for all threads, and those for parts of them
 * once they are asked for.
 */
export class EngineWorkers {
  /** How many there are that share the threads. */
  readonly parts: number;
  /**
   * How many there are of one thread: how products are cut, and with it how they
   * are rounded, depends on the number of threads.
   */
  readonly lanes: number;
  readonly #whole: EngineWorker;
  readonly #options: WorkerOptions;
  readonly #sharing = new Map<number, Promise<EngineWorker>>();
  readonly #single = new Map<number, Promise<EngineWorker>>();
  readonly #started: EngineWorker[];

  constructor(whole: EngineWorker, options: WorkerOptions) {
    const { threads } = options;
    const several = whole.opened.kind === "ffi";
    this.parts = several && threads >= PARTS ? PARTS : 1;
    this.lanes = several ? threads : 1;
    this.#whole = whole;
    this.#options = options;
    this.#started = [whole];
  }

  /** All that have started. */
  get started(): readonly EngineWorker[] {
    return this.#started;
  }

  /**
   * The worker for a lane or a part of the threads, or for all of them.
   *
   * @throws {RangeError} where there is no such one
   */
  at(
    { lane, worker: part }: Pick<CompileOptions, "lane" | "worker">,
  ): EngineWorker | Promise<EngineWorker> {
    if (lane !== undefined) {
      requireOneOf("lane", lane, this.lanes);
      return this.#once(this.#single, lane, 1);
    }
    if (part === undefined) return this.#whole;
    requireOneOf("worker", part, this.parts);
    // An odd thread goes to the last one.
    const threads = Math.floor((this.#options.threads + part) / this.parts);
    return this.#once(this.#sharing, part, threads);
  }

  /** Waits for their work, and ends them. */
  async close(): Promise<void> {
    await Promise.allSettled([
      ...this.#sharing.values(),
      ...this.#single.values(),
    ]);
    for (const worker of this.#started) await worker.close();
  }

  #once(
    workers: Map<number, Promise<EngineWorker>>,
    number: number,
    threads: number,
  ): Promise<EngineWorker> {
    const known = workers.get(number);
    if (known !== undefined) return known;
    const started = this.#start(threads);
    workers.set(number, started);
    return started;
  }

  async #start(threads: number): Promise<EngineWorker> {
    const options = { ...this.#options, threads, own: true };
    const worker = await EngineWorker.start(options);
    this.#started.push(worker);
    return worker;
  }
}

function requireOneOf(what: string, number: number, count: number): void {
  if (Number.isInteger(number) && number >= 0 && number < count) return;
  throw new RangeError(`There is no ${what} ${number} of ${count}`);
}
