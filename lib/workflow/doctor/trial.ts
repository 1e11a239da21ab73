import { createReferenceEngine } from "../../engine/reference/mod.ts";
import {
  type Engine,
  type HostTensor,
  hostTensor,
  input,
  matmul,
  type Program,
  program,
  rmsNorm,
  silu,
  sum,
} from "../../tensor/mod.ts";

const ROWS = 33;
const WIDTH = 65;

/** Largest error that float32 arithmetic explains, on numbers around 1. */
const TOLERANCE = 1e-4;

/** How far an engine is from the float64 reference. */
export interface Trial {
  /** Largest absolute difference; NaN where a result is. */
  readonly error: number;
  readonly tolerance: number;
}

/** Compiles and runs a small program of every kind of kernel and compares the result. */
export async function tryEngine(engine: Engine): Promise<Trial> {
  const trial = trialProgram();
  const inputs = {
    x: wave([ROWS, WIDTH], 1),
    w: wave([WIDTH, WIDTH], 2),
    gain: wave([WIDTH], 3),
  };
  const found = await results(engine, trial, inputs);
  const reference = createReferenceEngine();
  const expected = await results(reference, trial, inputs);
  await reference.close();
  const differences = Object.entries(expected).flatMap(([name, { data }]) =>
    Array.from(data, (value, i) => Math.abs(value - found[name]!.data[i]!))
  );
  return { error: Math.max(...differences), tolerance: TOLERANCE };
}

/** A product, a norm, a sum and elementwise work. */
function trialProgram(): Program {
  const [x, w] = [input("x", [ROWS, WIDTH]), input("w", [WIDTH, WIDTH])];
  const gain = input("gain", [WIDTH]);
  const y = silu(rmsNorm(matmul(x, w), gain, 1e-5));
  return program("trial", {
    inputs: { x, w, gain },
    outputs: { y, total: sum(y, { axes: [1] }) },
  });
}

/** Numbers between -1 and 1 that no two elements near each other share. */
function wave(shape: readonly number[], pace: number): HostTensor {
  const length = shape.reduce((product, size) => product * size, 1);
  const data = Float32Array.from(
    { length },
    (_, i) => Math.sin(pace * (i + 1)),
  );
  return hostTensor("f32", shape, data);
}

async function results(
  engine: Engine,
  trial: Program,
  inputs: Readonly<Record<string, HostTensor>>,
): Promise<Record<string, HostTensor>> {
  const executable = await engine.compile(trial);
  const outputs = await engine.run(executable, { inputs });
  const found: Record<string, HostTensor> = {};
  for (const [name, tensor] of Object.entries(outputs)) {
    found[name] = await engine.download(tensor);
  }
  engine.dispose(executable);
  return found;
}
