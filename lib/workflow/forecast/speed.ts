import {
  add,
  type DeviceTensor,
  type Engine,
  grad,
  type HardwarePeak,
  hostTensor,
  input,
  matmul,
  mean,
  mul,
  program,
  programCost,
  rmsNorm,
  silu,
  sizeOf,
  square,
  type Tensor,
} from "../../tensor/mod.ts";

/** Sizes of the trial: those of a block of SphereAR-B, on a few tokens. */
const ROWS = 256;
const WIDTH = 768;
const HIDDEN = 2048;
const EPSILON = 1e-6;
/** Runs, of which the fastest counts. */
const ROUNDS = 4;

/**
 * What a training reaches on an engine, measured in some seconds: FLOPs by
 * forward and backward of a feed-forward block, and bytes as the engine measures
 * its hardware. Undefined where the engine is not made for speed.
 */
export async function measureSpeed(
  engine: Engine,
): Promise<HardwarePeak | undefined> {
  const peak = await engine.measurePeak?.();
  if (peak === undefined) return undefined;
  const { bytesPerSecond } = peak;
  return { flopsPerSecond: await trialFlops(engine), bytesPerSecond };
}

/** A block with its gradients; outputs are small, so that reading them waits. */
function trialProgram() {
  const leaves = {
    x: input("x", [ROWS, WIDTH]),
    gain: input("gain", [WIDTH]),
    gate: input("gate", [WIDTH, HIDDEN]),
    up: input("up", [WIDTH, HIDDEN]),
    down: input("down", [HIDDEN, WIDTH]),
  };
  const { x, gain, gate, up, down } = leaves;
  const normed = rmsNorm(x, gain, EPSILON);
  const hidden = mul(silu(matmul(normed, gate)), matmul(normed, up));
  const loss = mean(square(add(x, matmul(hidden, down))));
  const gradients = grad(loss, Object.values(leaves));
  const size = gradients.map((each) => mean(square(each)))
    .reduce((a, b): Tensor => add(a, b));
  const state = Object.entries(leaves)
    .map(([name, value]) => [name, { value }] as const);
  return program("trial", {
    state: Object.fromEntries(state),
    outputs: { loss, size },
  });
}

async function trialFlops(engine: Engine): Promise<number> {
  const trial = trialProgram();
  const executable = await engine.compile(trial);
  const state: Record<string, DeviceTensor> = {};
  for (const [name, { value: { shape } }] of Object.entries(trial.state)) {
    const data = new Float32Array(sizeOf(shape)).map((_, i) => Math.sin(i));
    state[name] = await engine.upload(hostTensor("f32", shape, data));
  }
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    const { size } = await engine.run(executable, { state });
    await engine.download(size!);
    best = Math.min(best, performance.now() - start);
  }
  engine.dispose(executable);
  for (const tensor of Object.values(state)) engine.dispose(tensor);
  return programCost(trial).flops / (best / 1000);
}
