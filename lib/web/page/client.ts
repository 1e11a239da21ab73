import type { WebModel } from "../model/web_model.ts";
import type {
  Preparation,
  Reply,
  Request,
  SampleJob,
  ShardPlace,
} from "../session/messages.ts";

/** What a worker tells, by the type of what it says. */
export type Listeners = {
  readonly [T in Reply["type"]]: (
    reply: Extract<Reply, { readonly type: T }>,
  ) => void;
};

/** What the page asks of whoever samples for it. */
export type SamplingClient = Pick<
  SamplingWorker,
  "open" | "prepare" | "sample" | "cancel" | "end"
>;

/** The page's side of its worker. */
export class SamplingWorker {
  readonly #worker: Worker;
  #jobs = 0;

  constructor(worker: Worker, listeners: Listeners) {
    this.#worker = worker;
    worker.addEventListener("message", ({ data }: MessageEvent<Reply>) => {
      listeners[data.type](data as never);
    });
    worker.addEventListener("error", ({ message }) => {
      listeners.failed({ type: "failed", during: "open", reason: message });
    });
  }

  /** Opens the GPU, reads the model and compiles meanwhile what comes first. */
  open(
    model: WebModel,
    place: ShardPlace,
    options: {
      readonly adapter: GPURequestAdapterOptions;
      readonly first: Preparation;
    },
  ): void {
    this.#send({ type: "open", model, place, ...options });
  }

  /** Compiles what jobs need, before there is one. */
  prepare(wanted: Preparation): void {
    this.#send({ type: "prepare", wanted });
  }

  /** Samples a job, and gives the number that what is told of it has. */
  sample(job: SampleJob): number {
    const id = ++this.#jobs;
    this.#send({ type: "sample", id, job });
    return id;
  }

  /** Ends what the worker does. */
  cancel(): void {
    this.#send({ type: "cancel" });
  }

  /** Ends the worker, whatever it does: nothing more is told. */
  end(): void {
    this.#worker.terminate();
  }

  #send(request: Request): void {
    this.#worker.postMessage(request);
  }
}
