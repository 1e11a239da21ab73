import {
  type PlanOptions,
  planProgram,
} from "../../lib/engine/webgpu/plan/plan.ts";
import type { Format } from "../../lib/engine/webgpu/wgsl/storage.ts";
import { arShapes } from "../../lib/model/mod.ts";
import type { ParameterShapes } from "../../lib/nn/mod.ts";
import { planSampling } from "../../lib/sample/mod.ts";
import { counterNoise } from "../../lib/sample/noise.ts";
import type { SamplingPlan } from "../../lib/sample/plan.ts";
import {
  type SamplingPrograms,
  samplingPrograms,
} from "../../lib/sample/programs.ts";
import { type Program, programCost } from "../../lib/tensor/mod.ts";
import { rounded } from "../statistics.ts";
import type { ModelSize } from "./sizes.ts";
import { trainingOf } from "./training.ts";

/** A large GPU's limits, as they are asked for. */
const LIMITS = {
  maxBindings: 24,
  windowWords: 2 ** 29,
  sharedBytes: 32768,
  subgroupSize: 32,
  maxInvocations: 1024,
  isSoftware: false,
  readsImages: false,
  adapter: "a large GPU",
};

/** What one unit of work is planned to do. */
export interface WorkCount {
  readonly kernels: number;
  readonly copies: number;
  readonly flops: number;
  /** Moved by all kernels, if each moves every element once. */
  readonly bytes: number;
  /** Weights and states once, inputs and outputs. */
  readonly leastBytes: number;
}

/** The plans of one model's work. */
export interface SizeCount {
  readonly trainingStep: WorkCount;
  readonly firstToken: WorkCount;
  readonly token: WorkCount;
  readonly solverStep: WorkCount;
  /** Solver steps whose matrices are kept in 16 and in 8 bits. */
  readonly solverStepF16: WorkCount;
  readonly solverStepQ8: WorkCount;
  /** A whole batch of images. */
  readonly image: WorkCount;
}

/** What a size's programs do, from their plans alone. */
export function countSize(size: ModelSize): SizeCount {
  const { ar, sampling } = size;
  const plan = planSampling(ar, sampling.images, sampling);
  const noise = counterNoise(plan.rows);
  const programs = samplingPrograms(plan, noise);
  const modulation = modulationOf(plan, programs);
  const firstToken = plus(countProgram(programs.start), modulation);
  const token = plus(countProgram(programs.token), modulation);
  const solve = countProgram(programs.solve);
  // Steps follow one another: none can do without reading the weights.
  const { bytes: leastBytes } = programCost(
    samplingPrograms({ ...plan, unroll: 1 }, noise).solve,
  );
  const oneStep = (all: WorkCount) => ({
    ...scaled(all, 1 / plan.unroll),
    leastBytes,
  });
  const solverStep = oneStep(solve);
  const solverStepIn = (format: Format) => {
    const formats = formatsOf(programs.solve, arShapes(ar), format);
    return oneStep(countProgram(programs.solve, { formats, half: true }));
  };
  const steps = plan.tokens.reduce((sum, { count }) => sum + count, 0);
  const image = [
    firstToken,
    scaled(token, plan.tokens.length - 1),
    scaled(solverStep, steps),
    countProgram(programs.finish),
  ].reduce(plus);
  const trainingStep = countProgram(trainingOf(size));
  return {
    trainingStep,
    firstToken,
    token,
    solverStep,
    solverStepF16: solverStepIn("half words"),
    solverStepQ8: solverStepIn("bytes"),
    image,
  };
}

/** How many pipelines a sampler needs, and how many kernels they serve. */
export interface PipelineCount {
  readonly pipelines: number;
  readonly kernels: number;
}

/** What is compiled before the first image of a size: equal kernels once. */
export function countPipelines({ ar, sampling }: ModelSize): PipelineCount {
  const plan = planSampling(ar, sampling.images, sampling);
  const noise = counterNoise(plan.rows);
  const programs = Object.values(samplingPrograms(plan, noise)) as Program[];
  const texts = programs.flatMap((each) =>
    planProgram(each, LIMITS).kernels.map(({ wgsl }) => wgsl)
  );
  return { pipelines: new Set(texts).size, kernels: texts.length };
}

const NOTHING: WorkCount = {
  kernels: 0,
  copies: 0,
  flops: 0,
  bytes: 0,
  leastBytes: 0,
};

/** What a token computes ahead for its solver steps, on average. */
function modulationOf(
  { ahead, tokens }: SamplingPlan,
  { modulate }: SamplingPrograms,
): WorkCount {
  if (modulate === undefined) return NOTHING;
  const runs = tokens
    .reduce((sum, { count }) => sum + Math.ceil(count / ahead), 0);
  return scaled(countProgram(modulate), runs / tokens.length);
}

/** The same format for every matrix among a program's parameters. */
function formatsOf(
  { state }: Program,
  parameters: ParameterShapes,
  format: Format,
): Map<string, Format> {
  const matrices = Object.keys(state).filter((name) =>
    parameters[name]?.length === 2
  );
  return new Map(matrices.map((name) => [name, format]));
}

/** What one run of a program is planned to do. */
export function countProgram(
  counted: Program,
  options?: PlanOptions,
): WorkCount {
  const { kernels, copies } = planProgram(counted, LIMITS, options);
  const { flops, bytes: leastBytes } = programCost(counted);
  const bytes = kernels.reduce((sum, kernel) => sum + kernel.bytes, 0);
  return {
    kernels: kernels.length,
    copies: copies.length,
    flops,
    bytes,
    leastBytes,
  };
}

function scaled(count: WorkCount, factor: number): WorkCount {
  const entries = Object.entries(count)
    .map(([key, value]) => [key, rounded(value * factor)]);
  return Object.fromEntries(entries) as unknown as WorkCount;
}

function plus(a: WorkCount, b: WorkCount): WorkCount {
  return {
    kernels: a.kernels + b.kernels,
    copies: a.copies + b.copies,
    flops: a.flops + b.flops,
    bytes: a.bytes + b.bytes,
    leastBytes: a.leastBytes + b.leastBytes,
  };
}
