import type { OpenDevice } from "./device.ts";
import { PipelineCache } from "./pipelines.ts";
import type { Dispatch, Recorder } from "./recorder.ts";
import { makeBuffer, type WebGpuTensor } from "./tensor.ts";

const WORKGROUP = 64;

/** Elements that one dispatch converts are a multiple of this: bindings then start where they may. */
const STEP = 128;

/** Largest dispatch along one axis. */
const MOST_GROUPS = 65535;

/** Between which types a pipeline copies. */
const DIRECTIONS = {
  half: { from: "f32", to: "f16" },
  word: { from: "f16", to: "f32" },
} as const;

type Direction = keyof typeof DIRECTIONS;

type Pipelines = { readonly [D in Direction]: GPUComputePipeline };

function copyText(direction: Direction): string {
  const { from, to } = DIRECTIONS[direction];
  return `@group(0) @binding(0) var<storage, read> source: array<${from}>;
@group(0) @binding(1) var<storage, read_write> copy: array<${to}>;
@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x < min(arrayLength(&source), arrayLength(&copy))) {
    copy[id.x] = ${to}(source[id.x]);
  }
}
`;
}

/**
 * Keeps tensors of states in the format that a program wants: the first run that
 * wants another one copies the tensor.
 */
export class Converter {
  readonly #open: OpenDevice;
  readonly #recorder: Recorder;
  readonly #pipelines: Pipelines;

  private constructor(
    open: OpenDevice,
    recorder: Recorder,
    pipelines: Pipelines,
  ) {
    this.#open = open;
    this.#recorder = recorder;
    this.#pipelines = pipelines;
  }

  /** Compiles what copies; the device has `shader-f16`. */
  static async create(
    open: OpenDevice,
    recorder: Recorder,
  ): Promise<Converter> {
    const kernels = (["half", "word"] as const).map((direction) => ({
      name: `copy to ${DIRECTIONS[direction].to}`,
      wgsl: copyText(direction),
    }));
    const [half, word] = await new PipelineCache(open)
      .compileAll("conversion", kernels);
    return new Converter(open, recorder, { half: half!, word: word! });
  }

  /** Records that a tensor changes its format, if it has another one. */
  convert(tensor: WebGpuTensor, format: "half" | undefined): void {
    if (tensor.format === format) return;
    const { device } = this.#open;
    const before = tensor.buffer;
    tensor.format = format;
    tensor.buffer = makeBuffer(device, tensor);
    this.#recorder.pass(this.#dispatches(before, tensor));
    // What is recorded names the buffer until it is submitted.
    this.#recorder.flush();
    before.destroy();
  }

  #dispatches(
    before: GPUBuffer,
    { buffer, format }: WebGpuTensor,
  ): Dispatch[] {
    const pipeline = this.#pipelines[format === "half" ? "half" : "word"];
    const [from, to] = format === "half" ? [4, 2] : [2, 4];
    const count = Math.floor(Math.max(before.size / from, buffer.size / to));
    const most = Math.min(
      this.#open.limits.windowWords,
      MOST_GROUPS * WORKGROUP,
    );
    const each = Math.floor(most / STEP) * STEP;
    const dispatches: Dispatch[] = [];
    for (let start = 0; start < count; start += each) {
      const entryOf = (whole: GPUBuffer, bytes: number) => ({
        buffer: whole,
        offset: start * bytes,
        size: Math.min(each * bytes, whole.size - start * bytes),
      });
      const entries = [entryOf(before, from), entryOf(buffer, to)]
        .map((resource, binding) => ({ binding, resource }));
      const bindGroup = this.#open.device.createBindGroup({
        layout: pipeline.getBindGroupLayout(0),
        entries,
      });
      const workgroups = Math.ceil(Math.min(each, count - start) / WORKGROUP);
      dispatches.push({ pipeline, bindGroup, workgroups });
    }
    return dispatches;
  }
}
