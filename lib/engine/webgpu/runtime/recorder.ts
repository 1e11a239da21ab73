import { copyToImage, type ImageCopy } from "./images.ts";
import type { ProfiledKernel, Profiler } from "./profile.ts";

/** Work that is recorded before it is submitted: more per submission costs less, but the device starts later. */
const DISPATCHES_PER_SUBMIT = 4096;
const PASSES_PER_SUBMIT = 64;

/** Submissions that the device may be behind. */
const SUBMITS_AHEAD = 32;

/** Bytes of the buffer through which inputs travel. */
const UPLOAD_BYTES = 1 << 20;

/** What one dispatch needs. */
export interface Dispatch {
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  readonly workgroups: number;
  /** What is copied to images before it. */
  readonly copies?: readonly ImageCopy[];
  /** What a profile calls it; it is not timed without. */
  readonly profiled?: ProfiledKernel;
}

/** Workgroups along one axis at most. */
const AXIS_LIMIT = 65535;

/** Records runs one after another and submits them in batches. */
export class Recorder {
  readonly #device: GPUDevice;
  readonly #profiler: Profiler | undefined;
  #encoder: GPUCommandEncoder | undefined;
  #dispatches = 0;
  #passes = 0;
  #upload: GPUBuffer | undefined;
  #uploaded = 0;
  #scheduled = false;
  readonly #running: Promise<unknown>[] = [];

  /** @param profiler what times every dispatch, each in a pass of its own */
  constructor(device: GPUDevice, profiler?: Profiler) {
    this.#device = device;
    this.#profiler = profiler;
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

  /** Records one pass of dispatches. */
  pass(dispatches: readonly Dispatch[]): void {
    if (dispatches.length === 0) return;
    if (this.#profiler !== undefined) {
      for (const dispatch of dispatches) this.#timed(dispatch, this.#profiler);
      return;
    }
    let pass: GPUComputePassEncoder | undefined;
    for (const dispatch of dispatches) {
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
    this.#dispatches += dispatches.length;
    const full = this.#dispatches >= DISPATCHES_PER_SUBMIT ||
      this.#passes >= PASSES_PER_SUBMIT;
    if (full) this.flush();
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
    this.#encoder = undefined;
    this.#dispatches = 0;
    this.#passes = 0;
    this.#uploaded = 0;
    if (this.#running.length < SUBMITS_AHEAD) {
      this.#running.push(queue.onSubmittedWorkDone());
    }
  }

  /** Waits until the device is not too far behind. */
  async keepUp(): Promise<void> {
    if (this.#running.length < SUBMITS_AHEAD) return;
    const waiting = this.#running.splice(0);
    await Promise.all(waiting.slice(0, waiting.length / 2));
    this.#running.push(...waiting.slice(waiting.length / 2));
  }

  /** Waits for everything that is recorded. */
  async finish(): Promise<void> {
    this.flush();
    this.#running.length = 0;
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
  { pipeline, bindGroup, workgroups }: Dispatch,
): void {
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, bindGroup);
  const across = Math.min(workgroups, AXIS_LIMIT);
  pass.dispatchWorkgroups(across, Math.ceil(workgroups / across));
}
