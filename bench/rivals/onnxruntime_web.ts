import type { PlannedModel } from "../../lib/engine/onnx/model.ts";
import type { Plan } from "../../lib/engine/onnx/plan.ts";
import { planProgram } from "../../lib/engine/onnx/planner.ts";
import { ConstantStore } from "../../lib/engine/onnx/weights/store.ts";
import {
  type HostTensor,
  type Program,
  type Shape,
  sizeOf,
} from "../../lib/tensor/mod.ts";
import { operand, rivalProgram } from "./programs.ts";
import type { Rival, RivalRunner } from "./rival.ts";

const VERSION = "1.30.0";
/** No literal in an import: nothing is downloaded before it is asked for. */
const SPECIFIER = `npm:onnxruntime-web@${VERSION}/webgpu`;

interface OrtTensor {
  getData(): Promise<ArrayLike<number>>;
  dispose(): void;
}

interface OrtSession {
  run(feeds: Record<string, unknown>): Promise<Record<string, OrtTensor>>;
  release(): Promise<void>;
}

/** What is used of onnxruntime-web. */
interface Ort {
  readonly env: {
    logLevel: string;
    readonly webgpu: { readonly device: Promise<GPUDevice> };
  };
  readonly InferenceSession: {
    create(model: Uint8Array, options: unknown): Promise<OrtSession>;
  };
  readonly Tensor: {
    fromGpuBuffer(
      buffer: GPUBuffer,
      options: { dataType: string; dims: Shape },
    ): unknown;
  };
}

/** onnxruntime-web's WebGPU provider, with the models of our CPU engine. */
export async function openOnnxruntimeWeb(): Promise<Rival> {
  const ort = await import(SPECIFIER) as Ort;
  ort.env.logLevel = "error";
  return {
    description:
      `onnxruntime-web ${VERSION}, models as our CPU engine writes ` +
      "them: operators that its WebGPU provider lacks run on the CPU",
    prepare: async (work, sizes) =>
      await prepare(ort, rivalProgram(work, sizes)),
    close: () => Promise.resolve(),
  };
}

async function prepare(ort: Ort, program: Program): Promise<RivalRunner> {
  const plan = planProgram(program);
  const [model, ...others] = plan.models;
  if (model === undefined || others.length > 0) {
    throw new Error(`Expected one model, got ${plan.models.length}`);
  }
  const stored = await new ConstantStore(undefined).store(model);
  const session = await ort.InferenceSession.create(stored.model, {
    executionProviders: ["webgpu"],
    preferredOutputLocation: "gpu-buffer",
  });
  const device = await ort.env.webgpu.device;
  const buffers: GPUBuffer[] = [];
  const feeds: Record<string, unknown> = {};
  for (const [name, value] of operands(program, plan, model)) {
    const buffer = uploaded(device, value);
    buffers.push(buffer);
    const dataType = value.dtype === "f32" ? "float32" : "int32";
    const dims = value.shape;
    feeds[name] = ort.Tensor.fromGpuBuffer(buffer, { dataType, dims });
  }
  const first = firstOutput(program, plan, model);
  return {
    async run(times) {
      for (let i = 0; i < times; i++) {
        const outputs = await session.run(feeds);
        for (const tensor of Object.values(outputs)) tensor.dispose();
      }
      await device.queue.onSubmittedWorkDone();
    },
    async result() {
      const outputs = await session.run(feeds);
      const data = await outputs[first]!.getData();
      for (const tensor of Object.values(outputs)) tensor.dispose();
      return data;
    },
    async close() {
      await session.release();
      for (const buffer of buffers) buffer.destroy();
    },
  };
}

/** Values of a model's inputs: random states, and the plan's constants. */
function operands(
  { state }: Program,
  plan: Plan,
  model: PlannedModel,
): [name: string, value: HostTensor][] {
  const [step] = plan.steps;
  if (step?.kind !== "session") throw new Error("Expected one session");
  const names = new Map(
    [...plan.state].map(([name, { current }]) => [current, name]),
  );
  return model.inputs.map(({ name }, i) => {
    const slot = step.inputs[i]!;
    const known = names.get(slot);
    if (known === undefined) return [name, plan.constants.get(slot)!];
    const { shape } = state[known]!.value;
    return [name, operand(known, shape)];
  });
}

function firstOutput({ outputs }: Program, plan: Plan, model: PlannedModel) {
  const [step] = plan.steps;
  const [name] = Object.keys(outputs);
  const slot = plan.outputs.get(name!)!;
  const slots = step?.kind === "session" ? step.outputs : [];
  return model.outputs[slots.indexOf(slot)]!.name;
}

function uploaded(device: GPUDevice, { data, shape }: HostTensor): GPUBuffer {
  const { STORAGE, COPY_SRC, COPY_DST } = GPUBufferUsage;
  // The provider reads whole vectors of four.
  const size = Math.ceil(Math.max(1, sizeOf(shape)) / 4) * 16;
  const usage = STORAGE | COPY_SRC | COPY_DST;
  const buffer = device.createBuffer({ size, usage });
  device.queue.writeBuffer(buffer, 0, data as Float32Array<ArrayBuffer>);
  return buffer;
}
