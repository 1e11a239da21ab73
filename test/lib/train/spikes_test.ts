import assert from "node:assert/strict";
import { UserError } from "../../../lib/artifact/mod.ts";
import { createReferenceEngine } from "../../../lib/engine/reference/mod.ts";
import {
  firstCheckpoint,
  matrixNames,
  normLimit,
  type SpikeRule,
  train,
  type Trained,
  type TrainingStep,
} from "../../../lib/train/mod.ts";
import {
  add,
  type Engine,
  input,
  matmul,
  mean,
  square,
  sub,
} from "../../../lib/tensor/mod.ts";
import { testOnEngines } from "../../engines.ts";
import { inFolder } from "../artifact/_bytes.ts";
import { noise, randomWeights } from "../model/_models.ts";
import { rule } from "./_rules.ts";

const ROWS = 4;
const SHAPES = { weight: [2, 3], bias: [2] };
const SKIP: SpikeRule = { ratio: 5, action: "skip" };

function lineStep(rows: number, spikes: SpikeRule): TrainingStep<"line"> {
  const x = input("x", [rows, 3]);
  const line = {
    ...rule({ rate: 1e-3 }),
    shapes: SHAPES,
    decays: matrixNames(SHAPES),
  };
  return {
    name: "toy",
    players: { line },
    inputs: { x },
    spikes,
    build: ({ players: { line } }) => {
      const y = matmul(x, line.get("weight"), { transposeB: true });
      return {
        losses: { line: mean(square(sub(add(y, line.get("bias")), 3))) },
        reported: { bias: mean(line.get("bias")) },
      };
    },
  };
}

/** How a run differs from a whole one of 150 steps. */
interface Run {
  readonly engine?: Engine;
  readonly steps?: number;
  readonly accumulate?: number;
  readonly cutAt?: number;
  readonly spikes?: SpikeRule;
  /** What the batches of some steps are multiplied by. */
  readonly factors?: Readonly<Record<number, number>>;
}

async function run(
  folder: string,
  { engine = createReferenceEngine(), steps = 150, ...changes }: Run = {},
): Promise<Trained> {
  const { spikes = SKIP, factors = {}, cutAt, accumulate } = changes;
  const controller = new AbortController();
  const step = (rows: number) => lineStep(rows, spikes);
  const weights = { line: randomWeights(SHAPES) };
  return await train({
    engine,
    step,
    rows: ROWS,
    accumulate,
    steps,
    start: () => Promise.resolve(firstCheckpoint(step(ROWS), weights)),
    batch: (step) => {
      if (step === cutAt) controller.abort();
      // The first rows alone, so that a part of a batch is spoilt.
      const x = noise([ROWS, 3], { seed: step % 7, name: "x" });
      x.data.forEach((value, i) => {
        if (i < 6) x.data[i] = value * (factors[step] ?? 1);
      });
      return { x };
    },
    checkpoint: `${folder}/checkpoint.safetensors`,
    signal: controller.signal,
  });
}

function skippedSteps({ log }: Trained): number[] {
  return [...log["skipped"]!].flatMap((skipped, step) => skipped ? [step] : []);
}

Deno.test("normLimit() is a multiple of the median of norms that are long known", () => {
  const norms = Float32Array.from({ length: 200 }, (_, step) => step + 1);
  assert.equal(normLimit(norms, 0, 2), 3e38);
  assert.equal(normLimit(norms, 64, 2), 3e38);
  assert.equal(normLimit(norms, 65, 2), 2);
  assert.equal(normLimit(norms, 67, 2), 4);
  // Of steps 6 to 69, whose norms are 7 to 70.
  assert.equal(normLimit(norms, 134, 2), 2 * 39);
  norms[5] = NaN;
  norms[0] = Infinity;
  assert.equal(normLimit(norms, 70, 1), 4);
});

await testOnEngines({
  "train() skips gradients that are not finite, whole and in parts": (engine) =>
    inFolder(async (folder) => {
      for (const accumulate of [1, 2]) {
        const options = { engine, accumulate, factors: { 4: NaN, 5: 1e38 } };
        const four = await run(folder, { ...options, steps: 4 });
        const six = await run(folder, { ...options, steps: 6 });
        assert.deepEqual(skippedSteps(six), [4, 5]);
        assert.deepEqual(six.weights, four.weights);
        const { loss, gradientNorm } = six.log;
        for (const values of [loss!, gradientNorm!]) {
          assert.ok(values[3]! > 0);
          assert.deepEqual([...values.slice(4)], [values[3], values[3]]);
        }
      }
    }),
});

Deno.test("train() skips spikes, judged alike however it is cut", () =>
  inFolder(async (folder) => {
    // The first comes before there are norms to judge it by.
    const factors = { 30: 100, 90: 100, 140: 100 };
    const whole = await run(folder, { factors });
    assert.deepEqual(skippedSteps(whole), [90, 140]);
    const before = await run(folder, { factors, steps: 140 });
    const after = await run(folder, { factors, steps: 141 });
    assert.deepEqual(after.weights, before.weights);
    for (const cutAt of [31, 65, 91, 100, 139]) {
      await assert.rejects(run(folder, { factors, cutAt }));
    }
    const resumed = await run(folder, { factors });
    assert.deepEqual(resumed.log, whole.log);
    assert.deepEqual(resumed.weights, whole.weights);
  }));

Deno.test("train() stops at a spike where it is told to", () =>
  inFolder(async (folder) => {
    const spikes: SpikeRule = { ratio: 5, action: "stop" };
    const { log } = await run(folder, { spikes });
    assert.equal(log["skipped"], undefined);
    const stopped = run(folder, { spikes, factors: { 90: 100 } });
    await assert.rejects(stopped, (error) => {
      assert.ok(error instanceof UserError, `${error}`);
      assert.match(
        error.message,
        /the "gradientNorm" is [\d.]+, above 5 times its running median at step 90;/,
      );
      return true;
    });
  }));

Deno.test("train() gives up where nothing but skipped steps come", () =>
  inFolder(async (folder) => {
    const factors = Object.fromEntries(
      Array.from({ length: 100 }, (_, i) => [20 + i, NaN]),
    );
    await assert.rejects(run(folder, { factors }), {
      name: "UserError",
      message: /the last 64 steps were skipped at step 83;/,
    });
  }));
