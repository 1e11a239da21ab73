import {
  add,
  type Engine,
  type HostTensor,
  input,
  matmul,
  type Program,
  program,
} from "../lib/tensor/mod.ts";
import { secondsOf } from "./ours/timed.ts";
import { randomTensor } from "./ours/weights.ts";
import { programCost } from "./cost.ts";

/** The most that the engine reaches on this machine. */
export interface Peak {
  /** In products of square matrices. */
  readonly flopsPerSecond: number;
  /** Read and written in sums of arrays far larger than any cache. */
  readonly bytesPerSecond: number;
}

const MATRIX_WIDTH = 2048;
const ARRAY_LENGTH = 2 ** 26;
const ROUNDS = 8;

/** Measures both peaks: the best of a few runs. */
export async function measurePeak(engine: Engine): Promise<Peak> {
  const product = matrixProduct();
  const sum = arraySum();
  const productSeconds = await bestSeconds(engine, product);
  const sumSeconds = await bestSeconds(engine, sum);
  return {
    flopsPerSecond: programCost(product).flops / productSeconds,
    bytesPerSecond: programCost(sum).bytes / sumSeconds,
  };
}

function matrixProduct(): Program {
  const shape = [MATRIX_WIDTH, MATRIX_WIDTH];
  const [a, b] = [input("a", shape), input("b", shape)];
  return program("matrix-product", {
    state: { a: { value: a }, b: { value: b } },
    outputs: { y: matmul(a, b) },
  });
}

/** A running sum of states: nothing but reading, adding and writing. */
function arraySum(): Program {
  const shape = [ARRAY_LENGTH];
  const [a, b] = [input("a", shape), input("b", shape)];
  return program("array-sum", {
    state: { a: { value: a, next: add(a, b) }, b: { value: b } },
    outputs: {},
  });
}

async function bestSeconds(engine: Engine, measured: Program): Promise<number> {
  const executable = await engine.compile(measured);
  const slots = Object.entries(measured.state);
  const tensors = await Promise.all(slots.map(async ([name, { value }]) => {
    const host: HostTensor = randomTensor(value.shape, { stream: name });
    return [name, await engine.upload(host)] as const;
  }));
  const state = Object.fromEntries(tensors);
  const run = () => engine.run(executable, { state });
  const seconds = await secondsOf(run, ROUNDS);
  engine.dispose(executable);
  for (const [, tensor] of tensors) engine.dispose(tensor);
  return Math.min(...seconds);
}
