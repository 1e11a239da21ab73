import type { KernelCall, KernelTimes } from "../../../tensor/mod.ts";
import type { Kernel } from "../kernels/code.ts";

/** Timestamps of one query set: as many as every implementation allows. */
const QUERIES = 4096;
const TIMESTAMP_BYTES = 8;

/** Calls that are kept one by one; later ones are only summed. */
const CALLS_KEPT = 200_000;

/** A kernel of a program, as dispatches know it. */
export interface ProfiledKernel {
  readonly kernel: Kernel;
  readonly program: string;
}

/** Times every dispatch by timestamps around its pass. */
export class Profiler {
  readonly #device: GPUDevice;
  readonly #queries: GPUQuerySet;
  readonly #resolved: GPUBuffer;
  /** Kernels of the passes since the last submission. */
  #noted: ProfiledKernel[] = [];
  #staged: { noted: readonly ProfiledKernel[]; buffer: GPUBuffer } | undefined;
  readonly #free: GPUBuffer[] = [];
  readonly #reading = new Set<Promise<void>>();
  readonly #totals = new ProfileTotals();

  constructor(device: GPUDevice) {
    const { QUERY_RESOLVE, COPY_SRC } = GPUBufferUsage;
    this.#device = device;
    this.#queries = device.createQuerySet({
      type: "timestamp",
      count: QUERIES,
    });
    this.#resolved = device.createBuffer({
      size: QUERIES * TIMESTAMP_BYTES,
      usage: QUERY_RESOLVE | COPY_SRC,
    });
  }

  /** Whether another pass finds no place before the next submission. */
  get isFull(): boolean {
    return 2 * this.#noted.length >= QUERIES;
  }

  /** Where the pass of one dispatch leaves its times. */
  note(dispatched: ProfiledKernel): GPUComputePassTimestampWrites {
    const first = 2 * this.#noted.length;
    this.#noted.push(dispatched);
    return {
      querySet: this.#queries,
      beginningOfPassWriteIndex: first,
      endOfPassWriteIndex: first + 1,
    };
  }

  /** Records the way of the times to the host, last in an encoder. */
  collect(encoder: GPUCommandEncoder): void {
    const noted = this.#noted;
    if (noted.length === 0) return;
    this.#noted = [];
    const { MAP_READ, COPY_DST } = GPUBufferUsage;
    const buffer = this.#free.pop() ?? this.#device.createBuffer({
      size: QUERIES * TIMESTAMP_BYTES,
      usage: MAP_READ | COPY_DST,
    });
    const count = 2 * noted.length;
    encoder.resolveQuerySet(this.#queries, 0, count, this.#resolved, 0);
    encoder.copyBufferToBuffer(
      this.#resolved,
      0,
      buffer,
      0,
      count * TIMESTAMP_BYTES,
    );
    this.#staged = { noted, buffer };
  }

  /** Starts to read the times of what was just submitted; nobody waits for it. */
  submitted(): void {
    if (this.#staged === undefined) return;
    const { noted, buffer } = this.#staged;
    this.#staged = undefined;
    const reading = this.#read(noted, buffer)
      .finally(() => this.#reading.delete(reading));
    this.#reading.add(reading);
  }

  async #read(
    noted: readonly ProfiledKernel[],
    buffer: GPUBuffer,
  ): Promise<void> {
    const bytes = 2 * noted.length * TIMESTAMP_BYTES;
    await buffer.mapAsync(GPUMapMode.READ, 0, bytes);
    const times = new BigUint64Array(buffer.getMappedRange(0, bytes));
    noted.forEach((dispatched, i) =>
      this.#totals.add(dispatched, times[2 * i]!, times[2 * i + 1]!)
    );
    buffer.unmap();
    this.#free.push(buffer);
  }

  /** What was noted so far, when everything submitted has been read. */
  async totals(): Promise<ProfileTotals> {
    await Promise.all(this.#reading);
    return this.#totals;
  }

  /** Frees what the profiler holds. */
  destroy(): void {
    this.#queries.destroy();
    this.#resolved.destroy();
    for (const buffer of this.#free) buffer.destroy();
  }
}

/** Times by kernel, and call by call. */
export class ProfileTotals {
  readonly #kernels = new Map<Kernel, KernelTimes>();
  readonly #calls: KernelCall[] = [];
  #origin: bigint | undefined;
  /** What all times so far are multiples of, in nanoseconds. */
  #step = 0n;

  /** Adds one call, by its times in nanoseconds. */
  add({ kernel, program }: ProfiledKernel, start: bigint, end: bigint): void {
    const { name, flops, bytes } = kernel;
    if (this.#step !== 1n) {
      this.#step = commonStep(commonStep(this.#step, start), end);
    }
    // Clocks of some devices step back between passes.
    const seconds = Math.max(0, Number(end - start)) / 1e9;
    const before = this.#kernels.get(kernel);
    this.#kernels.set(kernel, {
      program,
      kernel: name,
      calls: (before?.calls ?? 0) + 1,
      seconds: (before?.seconds ?? 0) + seconds,
      flops: (before?.flops ?? 0) + flops,
      bytes: (before?.bytes ?? 0) + bytes,
    });
    if (this.#calls.length >= CALLS_KEPT) return;
    this.#origin ??= start;
    const startSeconds = Number(start - this.#origin) / 1e9;
    this.#calls.push({
      program,
      kernel: name,
      startSeconds,
      seconds,
      flops,
      bytes,
    });
  }

  /** Every kernel, the longest first. */
  get kernels(): readonly KernelTimes[] {
    return [...this.#kernels.values()].sort((a, b) => b.seconds - a.seconds);
  }

  /** What all times are multiples of. */
  get clockSeconds(): number {
    return Number(this.#step) / 1e9;
  }

  /** The first calls in their order. */
  get calls(): readonly KernelCall[] {
    return this.#calls;
  }
}

/** The largest number of which both are multiples. */
function commonStep(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}
