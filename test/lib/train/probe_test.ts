import assert from "node:assert/strict";
import {
  firstCheckpoint,
  matrixNames,
  type Pause,
  type ProbeParts,
  train,
  type Trained,
  type TrainingStep,
} from "../../../lib/train/mod.ts";
import {
  add,
  type Engine,
  type HostTensor,
  hostTensor,
  input,
  matmul,
  mean,
  mul,
  square,
} from "../../../lib/tensor/mod.ts";
import { testOnEngines } from "../../engines.ts";
import { inFolder } from "../artifact/_bytes.ts";
import { noise, randomWeights } from "../model/_models.ts";
import { rule } from "./_rules.ts";

const ROWS = 4;
const SHAPES = { weight: [2, 3], bias: [2], shift: [] };

function step(rows: number): TrainingStep<"line"> {
  const x = input("x", [rows, 3]);
  const line = {
    ...rule({ rate: 0.1 }),
    shapes: SHAPES,
    decays: matrixNames(SHAPES),
  };
  return {
    name: "toy",
    players: { line },
    inputs: { x },
    build: ({ players: { line } }) => {
      const y = matmul(x, line.get("weight"), { transposeB: true });
      const z = add(add(y, line.get("bias")), line.get("shift"));
      return { losses: { line: mean(square(z)) }, reported: {} };
    },
  };
}

const X = input("x", [3]);

/** All averages that a training has reached, twice as large, times an input. */
const PROBE: ProbeParts = {
  name: "probe",
  player: "line",
  frozen: { two: hostTensor("f32", [], Float32Array.of(2)) },
  inputs: { x: X },
  build: (p, frozen) => ({
    weight: mul(mul(p.get("weight"), X), frozen.get("two")),
    bias: p.get("bias"),
  }),
};

async function trained(
  engine: Engine,
  folder: string,
  pauses: readonly Pause[],
): Promise<Trained> {
  const weights = { line: randomWeights(SHAPES) };
  return await train({
    engine,
    step,
    rows: ROWS,
    steps: 6,
    start: () => Promise.resolve(firstCheckpoint(step(ROWS), weights)),
    batch: (step) => ({ x: noise([ROWS, 3], { seed: step, name: "x" }) }),
    checkpoint: `${folder}/checkpoint.safetensors`,
    signal: new AbortController().signal,
    pauses,
  });
}

await testOnEngines({
  "train() pauses where it is due, and is the same without": (engine) =>
    inFolder(async (folder) => {
      const seen: number[] = [];
      const pause: Pause = {
        due: (step) => step % 2 === 0,
        async run(moment) {
          seen.push(moment.step);
          const x = hostTensor("f32", [3], Float32Array.of(1, -1, 0.5));
          const found = await moment.probe(PROBE, { x });
          const { weights: { line }, log } = await moment.result();
          assert.equal(log["loss"]!.length, moment.step);
          checkProbe(found, line!);
        },
      };
      const paused = await trained(engine, folder, [pause]);
      assert.deepEqual(seen, [2, 4, 6]);
      const plain = await trained(engine, folder, []);
      assert.deepEqual(paused.weights, plain.weights);
      assert.deepEqual(paused.log, plain.log);
    }),
});

function checkProbe(
  { weight, bias }: Record<string, HostTensor>,
  line: Readonly<Record<string, HostTensor>>,
): void {
  const factors = [2, -2, 1];
  line["weight"]!.data.forEach((value, i) => {
    const gap = Math.abs(weight!.data[i]! - value * factors[i % 3]!);
    if (!(gap <= 1e-6)) assert.fail(`weight ${i} is ${gap} off`);
  });
  line["bias"]!.data.forEach((value, i) => {
    const gap = Math.abs(bias!.data[i]! - value);
    if (!(gap <= 1e-7)) assert.fail(`bias ${i} is ${gap} off`);
  });
}
