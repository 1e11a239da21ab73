import { createWebGpuEngine } from "../../lib/engine/webgpu/mod.ts";
import { arShapes } from "../../lib/model/mod.ts";
import { Sampler } from "../../lib/sample/mod.ts";
import {
  type DeviceTensor,
  type Engine,
  type HostTensor,
  type Program,
  type TensorType,
  zeros,
} from "../../lib/tensor/mod.ts";
import { CountingGpu } from "./counting_gpu.ts";
import type { ModelSize } from "./sizes.ts";
import { trainingOf } from "./training.ts";

/** What the host does where it should do nothing. */
export interface HostCount {
  /** Buffers and bind groups. */
  readonly allocations: number;
  readonly readBacks: number;
  /** Batches of work that are given to the device. */
  readonly submissions: number;
}

/** What the host does between the first token of an image and its last. */
export async function countImage(
  { ar, sampling }: ModelSize,
): Promise<HostCount> {
  const gpu = new CountingGpu();
  const engine = await createWebGpuEngine(gpu.adapter);
  const weights: Record<string, HostTensor> = {};
  for (const [name, shape] of Object.entries(arShapes(ar))) {
    weights[name] = zeros("f32", shape);
  }
  const model = { config: ar, weights };
  const sampler = await Sampler.create(engine, model, sampling);
  let counted: HostCount | undefined;
  await sampler.sample({
    classes: new Int32Array(sampling.images),
    indices: new Uint32Array(sampling.images),
    seed: 1n,
    onToken: (finished) => {
      // The first two tokens bind what the others reuse.
      if (finished === 2) gpu.reset();
      if (finished === ar.grid ** 2) counted = hostCount(gpu);
    },
  });
  sampler.dispose();
  await engine.close();
  return counted!;
}

const STEPS = 40;

/** What the host does in training steps after the first one. */
export async function countTraining(size: ModelSize): Promise<HostCount> {
  const gpu = new CountingGpu();
  const engine = await createWebGpuEngine(gpu.adapter);
  const training = trainingOf(size);
  const executable = await engine.compile(training);
  const state = await zeroStates(engine, training);
  const inputs = zerosOf(training.inputs);
  for (let step = 0; step <= STEPS; step++) {
    await engine.run(executable, { inputs, state });
    if (step === 0) gpu.reset();
  }
  const counted = hostCount(gpu);
  await engine.close();
  return counted;
}

function hostCount({ counts }: CountingGpu): HostCount {
  const { allocations, readBacks, submissions } = counts;
  return { allocations, readBacks, submissions };
}

function zerosOf(
  types: Readonly<Record<string, TensorType>>,
): Record<string, HostTensor> {
  const entries = Object.entries(types)
    .map(([name, { dtype, shape }]) => [name, zeros(dtype, shape)] as const);
  return Object.fromEntries(entries);
}

async function zeroStates(
  engine: Engine,
  { state }: Program,
): Promise<Record<string, DeviceTensor>> {
  const tensors: Record<string, DeviceTensor> = {};
  for (const [name, { value }] of Object.entries(state)) {
    tensors[name] = await engine.upload(zeros(value.dtype, value.shape));
  }
  return tensors;
}
