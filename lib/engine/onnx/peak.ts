import {
  add,
  type DeviceTensor,
  type Engine,
  type HardwarePeak,
  hostTensor,
  input,
  matmul,
  type Program,
  program,
  programCost,
  sizeOf,
  type StateSlot,
} from "../../tensor/mod.ts";

const MATRIX_WIDTH = 2048;
/** Three such arrays are larger than caches, and smaller than most models. */
const ARRAY_LENGTH = 2 ** 23;
const ROUNDS = 8;
/** Different numbers of a tensor, few of which are round. */
const NUMBERS = 251;

/**
 * Measures what an engine reaches that has run a program when it says so: FLOPs
 * in products of square matrices, bytes in sums of large arrays. The best of a
 * few runs counts.
 */
export async function measurePeak(engine: Engine): Promise<HardwarePeak> {
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
  const [{ value }] = Object.values(measured.state) as [StateSlot];
  const data = new Float32Array(sizeOf(value.shape))
    .map((_, i) => (i % NUMBERS) / NUMBERS - 0.5);
  const host = hostTensor("f32", value.shape, data);
  const state: Record<string, DeviceTensor> = {};
  for (const name of Object.keys(measured.state)) {
    state[name] = await engine.upload(host);
  }
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    await engine.run(executable, { state });
    best = Math.min(best, performance.now() - start);
  }
  engine.dispose(executable);
  for (const tensor of Object.values(state)) engine.dispose(tensor);
  return best / 1000;
}
