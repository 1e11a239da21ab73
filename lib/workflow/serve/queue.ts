import type { Batch, BatchListener, Painted, Painter } from "./painter.ts";
import type { WantedImages } from "./sample_request.ts";

/** What the client of some images is told. */
export interface Listener {
  /** Set when nobody wants them longer. */
  readonly signal: AbortSignal;
  /** Called with each image, in any order. */
  onImage(place: number, image: Painted): void;
  /** Called after each token: of all images together, how many are done. */
  onProgress(done: number): void;
  /** Called with an image of which some tokens are done, where that is wanted. */
  onPreview?(place: number, finished: number, image: Painted): void;
}

/** Too many images wait. */
export class QueueFull extends Error {
  /** Name that logs show. */
  override readonly name = "QueueFull";
  /** When to come again. */
  readonly retrySeconds: number;

  constructor(retrySeconds: number) {
    super("Too many images wait: come again later");
    this.retrySeconds = retrySeconds;
  }
}

/** Where a queue begins to expect how long a batch takes. */
const FIRST_GUESS_SECONDS = 1;
/** How much a new batch counts beside those before it. */
const NEW_SHARE = 0.3;

/** Images of one request on their way. */
class Job {
  readonly wanted: WantedImages;
  readonly listener: Listener;
  readonly ending = Promise.withResolvers<void>();
  /** Those that go into one batch: draws have one seed, programs one solver. */
  readonly key: string;
  /** Images that a batch has taken. */
  taken = 0;
  finished = 0;
  isOver = false;

  constructor(wanted: WantedImages, listener: Listener) {
    this.wanted = wanted;
    this.listener = listener;
    const { perClass: _, ...numbers } = wanted.sampling;
    this.key = JSON.stringify([wanted.seed, numbers]);
  }

  get count(): number {
    return this.wanted.classes.length;
  }

  /** Previews that are due when a share of the tokens is done. */
  previewsAt(share: number): number {
    if (this.isOver || this.listener.onPreview === undefined) return 0;
    return Math.floor(share * (this.wanted.previews + 1));
  }

  end(error?: unknown): void {
    if (this.isOver) return;
    this.isOver = true;
    if (error === undefined) this.ending.resolve();
    else this.ending.reject(error);
  }
}

interface Row {
  readonly job: Job;
  readonly place: number;
}

/**
 * Requests that wait for one painter. Requests take turns, a batch each; what is
 * left of a batch goes to those whose options agree.
 */
export class SampleQueue {
  readonly #painter: Painter;
  readonly #most: number;
  /** Requests of which some images are in no batch yet; the next turn first. */
  #jobs: Job[] = [];
  #running: { readonly rows: readonly Row[]; stop(): void } | undefined;
  #work: Promise<void> = Promise.resolve();
  #batchSeconds = FIRST_GUESS_SECONDS;
  #isWorking = false;

  /** @param options.most images that may wait */
  constructor(painter: Painter, { most }: { readonly most: number }) {
    this.#painter = painter;
    this.#most = most;
  }

  /** Images that are in no batch yet. */
  get waiting(): number {
    return this.#jobs.reduce((sum, job) => sum + job.count - job.taken, 0);
  }

  /**
   * Adds images.
   *
   * @returns fulfilled when all were painted
   * @throws {QueueFull} at once
   */
  add(wanted: WantedImages, listener: Listener): Promise<void> {
    const job = new Job(wanted, listener);
    if (this.waiting + job.count > this.#most) {
      throw new QueueFull(this.#retrySeconds());
    }
    const { signal } = listener;
    const leave = () => this.#leave(job, signal.reason);
    if (signal.aborted) return Promise.reject(signal.reason);
    signal.addEventListener("abort", leave);
    this.#jobs.push(job);
    if (!this.#isWorking) this.#work = this.#paintAll();
    return job.ending.promise
      .finally(() => signal.removeEventListener("abort", leave));
  }

  /** Drops all images, and waits until the painter is free. */
  async close(reason: unknown): Promise<void> {
    for (const { job } of this.#running?.rows ?? []) job.end(reason);
    for (const job of this.#jobs) job.end(reason);
    this.#jobs = [];
    this.#running?.stop();
    await this.#work;
  }

  #retrySeconds(): number {
    const batches = Math.ceil(this.waiting / this.#painter.batch);
    return Math.max(1, Math.ceil(batches * this.#batchSeconds));
  }

  /** A batch that has images of others goes on. */
  #leave(job: Job, reason: unknown): void {
    job.end(reason);
    this.#jobs = this.#jobs.filter((one) => one !== job);
    const running = this.#running;
    if (running?.rows.every((row) => row.job.isOver)) running.stop();
  }

  async #paintAll(): Promise<void> {
    this.#isWorking = true;
    while (this.#jobs.length > 0) await this.#paint(this.#nextRows());
    this.#isWorking = false;
  }

  /** The next batch: of the request whose turn it is, then of those like it. */
  #nextRows(): readonly Row[] {
    const [first] = this.#jobs as [Job];
    const rows: Row[] = [];
    for (const job of this.#jobs.filter(({ key }) => key === first.key)) {
      while (rows.length < this.#painter.batch && job.taken < job.count) {
        rows.push({ job, place: job.taken++ });
      }
    }
    this.#jobs = this.#jobs.filter((job) => job.taken < job.count);
    return rows;
  }

  async #paint(rows: readonly Row[]): Promise<void> {
    const controller = new AbortController();
    this.#running = { rows, stop: () => controller.abort() };
    const start = performance.now();
    try {
      const images = await this.#painter.paint(batchOf(rows), {
        signal: controller.signal,
        onToken: (token) => this.#tell(rows, token),
        ...this.#previewsOf(rows),
      });
      const seconds = (performance.now() - start) / 1000;
      this.#batchSeconds += NEW_SHARE * (seconds - this.#batchSeconds);
      rows.forEach((row, k) => deliver(row, images[k]!));
    } catch (error) {
      // Whoever was left of these requests is lost with the batch.
      for (const { job } of rows) job.end(error);
      this.#jobs = this.#jobs.filter((job) => !job.isOver);
    } finally {
      this.#running = undefined;
      this.#endTurn(rows[0]!.job);
    }
  }

  /** Who of a batch wants to see it when: after equal shares of its tokens. */
  #previewsOf(
    rows: readonly Row[],
  ): Pick<BatchListener, "wantsPreview" | "onPreview"> {
    const { tokens } = this.#painter;
    let shown = 0;
    const isDue = ({ job }: Row, token: number) =>
      token < tokens &&
      job.previewsAt(token / tokens) > job.previewsAt(shown / tokens);
    return {
      wantsPreview: (token) => rows.some((row) => isDue(row, token)),
      onPreview(token, images) {
        rows.forEach((row, k) => {
          const { job, place } = row;
          if (!isDue(row, token)) return;
          job.listener.onPreview!(place, token, images[k]!);
        });
        shown = token;
      },
    };
  }

  /** Whoever had its turn comes after those that wait by then. */
  #endTurn(job: Job): void {
    if (!this.#jobs.includes(job)) return;
    this.#jobs = [...this.#jobs.filter((one) => one !== job), job];
  }

  #tell(rows: readonly Row[], token: number): void {
    for (const job of new Set(rows.map((row) => row.job))) {
      if (job.isOver) continue;
      const now = rows.filter((row) => row.job === job).length;
      const done = job.finished * this.#painter.tokens + now * token;
      job.listener.onProgress(done);
    }
  }
}

function batchOf(rows: readonly Row[]): Batch {
  const { sampling, seed } = rows[0]!.job.wanted;
  return {
    sampling,
    seed,
    classes: Int32Array.from(
      rows,
      ({ job, place }) => job.wanted.classes[place]!,
    ),
    indices: Uint32Array.from(
      rows,
      ({ job, place }) => job.wanted.indices[place]!,
    ),
  };
}

function deliver({ job, place }: Row, image: Painted): void {
  if (job.isOver) return;
  job.finished++;
  job.listener.onImage(place, image);
  if (job.finished === job.count) job.end();
}
