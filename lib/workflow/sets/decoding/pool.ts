import { UserError } from "../../../artifact/mod.ts";
import type { PicturePlace } from "../../../container/mod.ts";
import type { Canvas } from "../../../image/mod.ts";
import type { Message, PictureTask, Reply } from "./messages.ts";

/** Tasks that a worker has at once: one waits while another is in work. */
const AT_ONCE = 2;

/** Workers at most, however many processors there are. */
const MOST_WORKERS = 16;

/** A picture to be decoded, whose bytes are read once a worker has room. */
export interface PoolTask extends Pick<PictureTask, "name" | "crops"> {
  readonly source: PicturePlace | (() => Promise<Uint8Array<ArrayBuffer>>);
  /**
   * Takes the crops, u8 [crops, size, size, 3], in memory that the next task of
   * the worker writes to.
   */
  take(pixels: Uint8Array): void;
}

interface Pending {
  readonly task: PoolTask;
  readonly out: Uint8Array<SharedArrayBuffer>;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** A worker, what it has to do, and room for what it makes. */
interface Hand {
  readonly worker: Worker;
  readonly pending: Map<number, Pending>;
  readonly free: Uint8Array<SharedArrayBuffer>[];
}

/** What a pool is made with. */
export interface PoolOptions {
  readonly canvas: Canvas;
  /** Workers; as many as there are processors unless given. */
  readonly workers?: number | undefined;
  /** Their module; tests have others. */
  readonly module?: URL;
}

type Waiting = Omit<Pending, "out">;

/**
 * Workers that decode pictures and cut crops out of them. They are started when
 * the first task comes, and take tasks in their order.
 */
export class DecodingPool {
  readonly #options: PoolOptions;
  readonly #turn = new Int32Array(new SharedArrayBuffer(4));
  readonly #waiting: Waiting[] = [];
  #hands: readonly Hand[] = [];
  #ended: Error | undefined;
  #tasks = 0;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /**
   * Has the crops of a picture made.
   *
   * @throws {UserError} naming the picture where it cannot be read or decoded
   * @throws {Error} naming it where a worker fails, which ends the pool
   */
  run(task: PoolTask): Promise<void> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    if (this.#hands.length === 0) this.#start();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ task, resolve, reject });
      this.#give();
    });
  }

  /** Ends the workers; what is not done fails. */
  close(): void {
    this.#end(new Error("internal: the pool that decodes pictures is closed"));
  }

  #start(): void {
    const { canvas, workers, module } = this.#options;
    const url = module ?? new URL("./worker.ts", import.meta.url);
    const count = workers ??
      Math.min(navigator.hardwareConcurrency, MOST_WORKERS);
    this.#hands = Array.from({ length: count }, () => {
      const worker = new Worker(url, { type: "module", name: "pictures" });
      const hand: Hand = { worker, pending: new Map(), free: [] };
      worker.onmessage = ({ data }: MessageEvent<Reply>) =>
        this.#settle(hand, data);
      worker.onerror = (event) => {
        event.preventDefault();
        this.#lose(hand, event.message);
      };
      send(worker, { setup: { canvas, turn: this.#turn } });
      return hand;
    });
  }

  /** Gives waiting tasks to workers, to those first that have none. */
  #give(): void {
    for (let load = 0; load < AT_ONCE; load++) {
      for (const hand of this.#hands) {
        if (hand.pending.size > load) continue;
        const next = this.#waiting.shift();
        if (next === undefined) return;
        void this.#send(hand, next);
      }
    }
  }

  async #send(hand: Hand, { task, ...waiting }: Waiting): Promise<void> {
    const id = this.#tasks++;
    const { size } = this.#options.canvas;
    const out = roomIn(hand, task.crops.length * size * size * 3);
    hand.pending.set(id, { task, out, ...waiting });
    const { name, crops, source: place } = task;
    try {
      const source = typeof place === "function" ? await place() : place;
      if (!hand.pending.has(id)) return;
      send(hand.worker, { id, task: { name, crops, source, out } });
    } catch (error) {
      this.#done(hand, id)?.reject(error as Error);
    }
  }

  #settle(hand: Hand, { id, refused, failed }: Reply): void {
    const found = hand.pending.get(id);
    if (found === undefined) return;
    const { task, out, resolve, reject } = found;
    if (refused !== undefined) reject(new UserError(refused));
    else if (failed !== undefined) reject(new Error(failed));
    else {
      task.take(out);
      resolve();
    }
    this.#done(hand, id);
  }

  /** A task that is over; its room is free again. */
  #done({ pending, free }: Hand, id: number): Pending | undefined {
    const found = pending.get(id);
    pending.delete(id);
    if (found !== undefined) free.push(new Uint8Array(found.out.buffer));
    this.#give();
    return found;
  }

  /** A worker is gone: what it was at is named, and nothing else goes on. */
  #lose({ pending }: Hand, message: string): void {
    const names = [...pending.values()].map(({ task }) => `"${task.name}"`);
    const at = names.length === 0 ? "" : ` at ${names.join(" or ")}`;
    this.#end(
      new Error(`A worker that decodes pictures failed${at}: ${message}`),
    );
  }

  #end(error: Error): void {
    this.#ended ??= error;
    const left = this.#hands.flatMap(({ pending }) => [...pending.values()]);
    for (const { reject } of [...left, ...this.#waiting.splice(0)]) {
      reject(this.#ended);
    }
    for (const { worker, pending } of this.#hands) {
      pending.clear();
      worker.terminate();
    }
    this.#hands = [];
  }
}

/** Memory that a worker's task may write to: what an earlier one had, if it fits. */
function roomIn({ free }: Hand, bytes: number): Uint8Array<SharedArrayBuffer> {
  const room = free.pop();
  return room !== undefined && room.length >= bytes
    ? room.subarray(0, bytes)
    // The collector does not see what shared memory takes: it is kept.
    : new Uint8Array(new SharedArrayBuffer(bytes));
}

/** Sends a message; bytes of a picture alone move to the worker. */
function send(worker: Worker, message: Message): void {
  const source = "task" in message ? message.task.source : undefined;
  const alone = source instanceof Uint8Array &&
    source.length === source.buffer.byteLength;
  worker.postMessage(message, alone ? [source.buffer] : []);
}
