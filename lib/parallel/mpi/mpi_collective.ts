import { AbortError, type Collective, requireParts } from "../collective.ts";
import { copyPieces, type Pieces } from "../pieces.ts";
import { WaitClock } from "../wait_clock.ts";
import { PASS_ON_MS, rankTitle } from "./last_words.ts";
import { memoryOf } from "./memory.ts";
import { startPulse } from "./pulse.ts";
import type { Opened, Reply, Request, Watching } from "./messages.ts";

/** The main thread's side of the thread that calls MPI. */
class MpiThread {
  readonly #worker: Worker;
  readonly #pending = new Map<
    number,
    PromiseWithResolvers<Opened | undefined>
  >();
  #calls = 0;

  constructor() {
    const url = new URL("./worker.ts", import.meta.url);
    this.#worker = new Worker(url, { type: "module", name: "mpi" });
    this.#worker.onmessage = (event: MessageEvent<Reply>) =>
      this.#settle(event.data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      const error = new Error(`The thread of MPI failed: ${event.message}`);
      for (const { reject } of this.#pending.values()) reject(error);
    };
  }

  call(request: Request): Promise<Opened | undefined> {
    const call = this.#calls++;
    const pending = Promise.withResolvers<Opened | undefined>();
    this.#pending.set(call, pending);
    this.#worker.postMessage({ call, request });
    return pending.promise;
  }

  terminate(): void {
    this.#worker.terminate();
  }

  #settle(reply: Reply): void {
    const pending = this.#pending.get(reply.call);
    this.#pending.delete(reply.call);
    if ("error" in reply) pending?.reject(new Error(reply.error));
    else pending?.resolve(reply.result);
  }
}

/** Programs may come from a slow disk; after this a rank hangs. */
const START_MS = 5 * 60_000;

/** Ranks that are processes of an MPI world. */
export class MpiCollective implements Collective {
  readonly #thread: MpiThread;
  readonly #opened: Opened;
  readonly #clock = new WaitClock();
  /** Buffers of calls that are not done: the thread knows addresses alone. */
  readonly #inUse = new Set<{ readonly buffers: unknown }>();

  private constructor(thread: MpiThread, opened: Opened) {
    this.#thread = thread;
    this.#opened = opened;
  }

  /**
   * Loads the library and starts MPI; all ranks of the launcher do so.
   *
   * @throws {Error} where the library does not load, or others do not come
   */
  static async open(
    path: string,
    watching: Omit<Watching, "pulse">,
  ): Promise<MpiCollective> {
    const thread = new MpiThread();
    const timer = setTimeout(() => {
      console.error("Not all ranks have started MPI within five minutes");
      Deno.exit(1);
    }, START_MS);
    try {
      const opened = await thread.call({
        kind: "open",
        path,
        watching: { ...watching, pulse: startPulse() },
      });
      return new MpiCollective(thread, opened!);
    } catch (error) {
      thread.terminate();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  get rank(): number {
    return this.#opened.rank;
  }

  get size(): number {
    return this.#opened.size;
  }

  /** The name of this machine. */
  get host(): string {
    return this.#opened.host;
  }

  get waitedMs(): number {
    return this.#clock.totalMs;
  }

  async exchange(
    parts: readonly Pieces[],
    into: readonly Pieces[],
  ): Promise<void> {
    requireParts(parts, this);
    requireParts(into, this);
    const { rank } = this;
    copyPieces(parts[rank]!, into[rank]!, { from: rank, to: rank });
    const others = (all: readonly Pieces[]) =>
      all.map((pieces, q) => q === rank ? [] : pieces.map(memoryOf));
    await this.#call({
      kind: "exchange",
      sends: others(parts),
      receives: others(into),
    }, [parts, into]);
  }

  gather(own: Uint8Array, into: readonly Uint8Array[]): Promise<void> {
    const parts: readonly Pieces[] = new Array(this.size).fill([own]);
    return this.exchange(parts, into.map((piece) => [piece]));
  }

  broadcast(data: Uint8Array, root: number): Promise<void> {
    return this.#call({ kind: "broadcast", data: memoryOf(data), root }, data);
  }

  barrier(): Promise<void> {
    return this.#call({ kind: "barrier" });
  }

  async abort(reason: string): Promise<never> {
    const error = new AbortError(
      `${rankTitle(this.#opened)}: ${reason}`,
    );
    console.error(error.message);
    // Launchers drop what they have not passed on yet when they end ranks.
    await new Promise((done) => setTimeout(done, PASS_ON_MS));
    await this.#thread.call({ kind: "abort", status: 1 });
    throw error;
  }

  async close(): Promise<void> {
    await this.barrier();
    await this.#thread.call({ kind: "close" });
    this.#thread.terminate();
  }

  async #call(request: Request, buffers?: unknown): Promise<void> {
    const use = { buffers };
    this.#inUse.add(use);
    try {
      await this.#clock.during(this.#thread.call(request));
    } finally {
      this.#inUse.delete(use);
    }
  }
}
