import { AXIS_LIMIT } from "../kernels/grid.ts";
import { copyToImage, type ImageCopy } from "./images.ts";
import { Pace } from "./pace.ts";
import type { ProfiledKernel, Profiler } from "./profile.ts";

/** Commands of one submission, however short they are: encoders slow down with them. */
const DISPATCHES_PER_SUBMIT = 4096;
const PASSES_PER_SUBMIT = 64;

/** Bytes of the buffer through which inputs travel. */
const UPLOAD_BYTES = 1 << 20;

/** What one dispatch needs. */
export interface Dispatch {
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  readonly workgroups: number;
  /** Tells a kernel of several pieces where this one begins. */
  readonly start?: GPUBindGroup;
  /** How much it is, by {@linkcode workOf}: as little as can be unless given. */
  readonly work?: number;
  /** What is copied to images before it. */
  readonly copies?: readonly ImageCopy[];
  /** What a profile calls it; it is not timed without. */
  readonly profiled?: ProfiledKernel;
}

/** Records runs one after another and submits them in batches, as fast as the device works. */
export class Recorder {
  readonly #device: GPUDevice;
  readonly #profiler: Profiler | undefined;
  readonly #pace: Pace;
  #encoder: GPUCommandEncoder | undefined;
  #dispatches = 0;
  #passes = 0;
  /** Of what is recorded and not submitted. */
  #work = 0;
  /** The recordings that wait for the device, until the last of them is done. */
  #waiting: Promise<unknown> | undefined;
  #upload: GPUBuffer | undefined;
  #uploaded = 0;
  #scheduled = false;

  /**
   * @param options.profiler what times every dispatch, each in a pass of its own
   * @param options.isSoftware whether the device is software
   */
  constructor(
    device: GPUDevice,
    { profiler, isSoftware = false }: {
      profiler?: Profiler | undefined;
      isSoftware?: boolean;
    } = {},
  ) {
    this.#device = device;
    this.#profiler = profiler;
    this.#pace = new Pace({ isSoftware });
  }

  /** Whether every dispatch is timed. */
  get isTimed(): boolean {
    return this.#profiler !== undefined;
  }

  /** Whether something that was handed over waits for the device. */
  get isWaiting(): boolean {
    return this.#waiting !== undefined;
  }

  /** Whether what is handed over now waits, as the device is too far behind. */
  get isBehind(): boolean {
    return this.isWaiting || this.#pace.isFull(this.#work);
  }

  /**
   * Records some work after all that was handed over before: at once where the
   * device keeps up, else in pieces, as soon as it does.
   *
   * @param work records a piece between any two yields
   */
  record<T>(work: Generator<undefined, T>): T | Promise<T> {
    if (this.#waiting === undefined) {
      const end = this.#advance(work);
      if (end !== undefined) return end.value;
    }
    const recorded = this.#recordLater(work, this.#waiting);
    const waiting = recorded.catch(() => {}).then(() => {
      if (this.#waiting === waiting) this.#waiting = undefined;
    });
    this.#waiting = waiting;
    return recorded;
  }

  async #recordLater<T>(
    work: Generator<undefined, T>,
    before: Promise<unknown> | undefined,
  ): Promise<T> {
    await before;
    while (true) {
      this.flush();
      await this.#pace.catchUp();
      const end = this.#advance(work);
      if (end !== undefined) return end.value;
    }
  }

  /** Goes on with some work until it is done, or the device is too far behind. */
  #advance<T>(
    work: Generator<undefined, T>,
  ): IteratorReturnResult<T> | undefined {
    while (!this.#pace.isFull(this.#work)) {
      const step = work.next();
      if (step.done) return step;
    }
    return undefined;
  }

  /** Waits until everything that was handed over is recorded. */
  async recorded(): Promise<void> {
    while (this.#waiting !== undefined) await this.#waiting;
  }

  /** The commands that are recorded now. */
  get encoder(): GPUCommandEncoder {
    this.#encoder ??= this.#device.createCommandEncoder();
    this.#schedule();
    return this.#encoder;
  }

  /** Copies words of the host into a buffer, in the order of the commands. */
  write(
    words: Uint32Array<ArrayBuffer>,
    target: GPUBuffer,
    offset: number,
  ): void {
    const { byteLength } = words;
    if (byteLength === 0) return;
    const fits = this.#upload !== undefined &&
      this.#uploaded + byteLength <= this.#upload.size;
    if (!fits) this.#nextUpload(byteLength);
    const upload = this.#upload!;
    // Earlier submissions have read what this replaces: the queue keeps order.
    this.#device.queue.writeBuffer(upload, this.#uploaded, words);
    this.encoder.copyBufferToBuffer(
      upload,
      this.#uploaded,
      target,
      offset,
      byteLength,
    );
    this.#uploaded += byteLength;
  }

  #nextUpload(bytes: number): void {
    this.flush();
    if (this.#upload !== undefined && this.#upload.size >= bytes) return;
    this.#upload?.destroy();
    this.#upload = this.#device.createBuffer({
      size: Math.max(bytes, UPLOAD_BYTES),
      usage: GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
    });
  }

  /** Records one pass of dispatches without waiting. */
  pass(dispatches: readonly Dispatch[]): void {
    const pieces = this.pieces(dispatches);
    while (!pieces.next().done);
  }

  /** Records one pass of dispatches in pieces, each of them a submission. */
  *pieces(dispatches: readonly Dispatch[]): Generator<undefined, void> {
    let pass: GPUComputePassEncoder | undefined;
    for (const dispatch of dispatches) {
      const { work = 1 } = dispatch;
      if (this.#isFilledBy(work)) {
        pass?.end();
        pass = undefined;
        this.flush();
        yield;
      }
      this.#work += work;
      this.#dispatches++;
      if (this.#profiler !== undefined) {
        this.#timed(dispatch, this.#profiler);
        continue;
      }
      if (copiesOf(dispatch).length > 0) {
        pass?.end();
        pass = undefined;
        this.#copy(dispatch);
      }
      if (pass === undefined) this.#passes++;
      pass ??= this.encoder.beginComputePass();
      encode(pass, dispatch);
    }
    pass?.end();
    if (this.#passes >= PASSES_PER_SUBMIT) this.flush();
  }

  /** Whether so much work is for the next submission. */
  #isFilledBy(work: number): boolean {
    if (this.#dispatches === 0) return false;
    return this.#work + work > this.#pace.most ||
      this.#dispatches >= DISPATCHES_PER_SUBMIT;
  }

  #copy(dispatch: Dispatch): void {
    for (const copy of copiesOf(dispatch)) copyToImage(this.encoder, copy);
  }

  #timed(dispatch: Dispatch, profiler: Profiler): void {
    if (profiler.isFull) this.flush();
    const { profiled } = dispatch;
    this.#copy(dispatch);
    const pass = this.encoder.beginComputePass(
      profiled && { timestampWrites: profiler.note(profiled) },
    );
    encode(pass, dispatch);
    pass.end();
  }

  /** Submits what the caller leaves recorded when it waits for something. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.flush();
    });
  }

  /** Submits everything that is recorded. */
  flush(): void {
    if (this.#encoder === undefined) return;
    const { queue } = this.#device;
    this.#profiler?.collect(this.#encoder);
    queue.submit([this.#encoder.finish()]);
    this.#profiler?.submitted();
    this.#pace.submitted(this.#work, queue.onSubmittedWorkDone());
    this.#encoder = undefined;
    this.#dispatches = 0;
    this.#passes = 0;
    this.#work = 0;
    this.#uploaded = 0;
  }

  /** Waits until the device is not too far behind. */
  async keepUp(): Promise<void> {
    await this.#pace.catchUp();
  }

  /** Waits for everything that is recorded. */
  async finish(): Promise<void> {
    await this.recorded();
    this.flush();
    await this.#device.queue.onSubmittedWorkDone();
  }

  /** Frees what the recorder holds. */
  destroy(): void {
    this.#upload?.destroy();
  }
}

function copiesOf({ copies = [] }: Dispatch): readonly ImageCopy[] {
  return copies;
}

function encode(
  pass: GPUComputePassEncoder,
  { pipeline, bindGroup, start, workgroups }: Dispatch,
): void {
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, bindGroup);
  if (start !== undefined) pass.setBindGroup(1, start);
  const across = Math.min(workgroups, AXIS_LIMIT);
  pass.dispatchWorkgroups(across, Math.ceil(workgroups / across));
}
