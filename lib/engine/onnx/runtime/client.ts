import type { Opened, Reply, Request } from "./messages.ts";

interface Pending {
  readonly resolve: (result: Opened | undefined) => void;
  readonly reject: (error: Error) => void;
}

/** The main thread's side of an engine worker. */
export class WorkerClient {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  #calls = 0;
  #broken: Error | null = null;

  constructor() {
    const url = new URL("../worker.ts", import.meta.url);
    this.#worker = new Worker(url, { type: "module", name: "onnx engine" });
    this.#worker.onmessage = (event: MessageEvent<Reply>) =>
      this.#settle(event.data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#break(
        new Error(`The onnx engine's worker failed: ${event.message}`),
      );
    };
  }

  /**
   * Sends a request and waits for the answer.
   *
   * @param transfer buffers that move to the worker
   * @throws {Error} when the worker could not serve it
   */
  call(
    request: Request,
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<Opened | undefined> {
    if (this.#broken !== null) return Promise.reject(this.#broken);
    const call = this.#calls++;
    return new Promise((resolve, reject) => {
      this.#pending.set(call, { resolve, reject });
      this.#worker.postMessage({ call, request }, [...transfer]);
    });
  }

  /** Ends the worker; it must have nothing to do. */
  terminate(): void {
    this.#worker.terminate();
    this.#break(new Error("The onnx engine is closed"));
  }

  #settle(reply: Reply): void {
    const pending = this.#pending.get(reply.call);
    this.#pending.delete(reply.call);
    if ("error" in reply) pending?.reject(new Error(reply.error));
    else pending?.resolve(reply.result);
  }

  #break(error: Error): void {
    this.#broken ??= error;
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }
}
