import assert from "node:assert/strict";
import {
  digestFile,
  openArtifact,
  UserError,
  writeArtifact,
} from "../../../lib/artifact/mod.ts";
import { createReferenceEngine } from "../../../lib/engine/reference/mod.ts";
import {
  type Average,
  bindRandom,
  firstCheckpoint,
  matrixNames,
  type Pause,
  type PlayerValues,
  randomInputs,
  type Schedule,
  train,
  type Trained,
  type Training,
  type TrainingStep,
  type UpdateRule,
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
  normal,
  sqrt,
  square,
  sub,
  sum,
} from "../../../lib/tensor/mod.ts";
import { testOnEngines } from "../../engines.ts";
import { inFolder } from "../artifact/_bytes.ts";
import { noise, randomWeights } from "../model/_models.ts";
import { rule } from "./_rules.ts";

const BATCH = 4;
const STEPS = 12;
const SHAPES = { weight: [2, 3], bias: [2], shift: [3] };
const SCHEDULE = { peak: 0.05, min: 0, warmup: 2, decayStart: 2, total: STEPS };
const AVERAGE = { decay: 0.8, ramp: true };

/** Lines through noisy points: every step draws noise on the engine. */
function lineStep(rows: number, update: UpdateRule): TrainingStep<"line"> {
  const [x, y] = [input("x", [rows, 3]), input("y", [rows, 2])];
  const random = randomInputs(rows);
  const decays = matrixNames(SHAPES);
  return {
    name: "toy",
    players: { line: { ...update, shapes: SHAPES, decays } },
    inputs: { x, y, ...random.inputs },
    build: ({ players: { line: p } }) => {
      const draws = normal(random.source, { shape: [3], stream: 40 });
      const seen = add(add(x, p.get("shift")), mul(draws, 0.05));
      const found = matmul(seen, p.get("weight"), { transposeB: true });
      const error = sub(add(found, p.get("bias")), y);
      return {
        losses: { line: mean(square(error)) },
        reported: { bias: mean(p.get("bias")) },
      };
    },
  };
}

/** Points on a line, by the step alone. */
function lineBatch(step: number): Record<string, HostTensor> {
  const x = noise([BATCH, 3], { seed: step, name: "points" });
  const y = new Float32Array(BATCH * 2);
  for (let row = 0; row < BATCH; row++) {
    const [a, b, c] = x.data.subarray(3 * row);
    y.set([a! - 2 * b! + 1, 0.5 * c!], 2 * row);
  }
  return {
    x,
    y: hostTensor("f32", [BATCH, 2], y),
    ...bindRandom(3, { step, rows: BATCH }),
  };
}

interface Cut extends Partial<Training> {
  readonly engine: Engine;
  readonly folder: string;
  /** Steps after which the run is told to stop. */
  readonly cutAt?: number;
  readonly schedule?: Schedule;
  readonly average?: Average;
}

function startOf(step: TrainingStep, weights: PlayerValues) {
  return Promise.resolve(firstCheckpoint(step, weights));
}

function checkpointOf(folder: string): string {
  return `${folder}/checkpoint.safetensors`;
}

/** Trains the toy; a run that is cut fails as one that was aborted. */
async function trainToy(
  { engine, folder, cutAt, schedule = SCHEDULE, average = AVERAGE, ...changes }:
    Cut,
): Promise<Trained> {
  const controller = new AbortController();
  const step = (rows: number) => lineStep(rows, rule({ schedule, average }));
  return await train({
    engine,
    step,
    rows: BATCH,
    steps: schedule.total,
    start: () => startOf(step(BATCH), { line: randomWeights(SHAPES) }),
    batch: lineBatch,
    pauses: [{
      // Asked after each step; this one is then the last.
      due(step) {
        if (step === cutAt) controller.abort();
        return false;
      },
      run: () => Promise.resolve(),
    }],
    checkpoint: checkpointOf(folder),
    signal: controller.signal,
    ...changes,
  });
}

function assertSame(found: Trained, expected: Trained): void {
  assert.deepEqual(found.log, expected.log);
  assert.deepEqual(found.weights, expected.weights);
}

async function stepOf(path: string): Promise<unknown> {
  const reader = await openArtifact(path, "checkpoint");
  try {
    await reader.readAll();
    return reader.config["step"];
  } finally {
    reader.close();
  }
}

/** A batch that spoils the loss at one step. */
function spoiltAt(bad: number): (step: number) => Record<string, HostTensor> {
  return (step) => {
    const batch = lineBatch(step);
    if (step === bad) batch["y"]!.data[0] = NaN;
    return batch;
  };
}

await testOnEngines({
  "train() lowers the loss and averages the parameters": (engine) =>
    inFolder(async (folder) => {
      const seen: number[] = [];
      const total = 150;
      const { weights, log } = await trainToy({
        engine,
        folder,
        schedule: { peak: 0.1, min: 0, warmup: 5, decayStart: 5, total },
        onStep: (step) => seen.push(step),
      });
      assert.deepEqual(seen, Array.from({ length: total }, (_, i) => i + 1));
      const loss = log["loss"]!;
      assert.equal(loss.length, total);
      const share = loss.at(-1)! / loss[0]!;
      if (!(share < 0.02)) {
        assert.fail(`the loss fell to ${share} of its start`);
      }
      const expected = [1, -2, 0, 0, 0, 0.5];
      expected.forEach((want, i) => {
        const gap = Math.abs(weights["line"]!["weight"]!.data[i]! - want);
        if (!(gap < 0.15)) assert.fail(`weight ${i} is ${want} +- ${gap}`);
      });
      assert.deepEqual(
        Object.keys(weights["line"]!).sort(),
        Object.keys(SHAPES).sort(),
      );
      assert.deepEqual(Object.keys(log).sort(), [
        "bias",
        "gradientNorm",
        "loss",
      ]);
    }),

  "train() moves nothing at the first step of its warm-up": (engine) =>
    inFolder(async (folder) => {
      const schedule = { peak: 1, min: 0, warmup: 2, decayStart: 0, total: 1 };
      const { weights } = await trainToy({ engine, folder, schedule });
      for (const [name, { data }] of Object.entries(randomWeights(SHAPES))) {
        assert.deepEqual(weights["line"]![name]!.data, data, name);
      }
    }),

  "train() averages the parameters with the decay of each step": (engine) =>
    inFolder(async (folder) => {
      const emaAfter = async (total: number, average: Average) => {
        const schedule = {
          peak: 0.05,
          min: 0,
          warmup: 0,
          decayStart: 0,
          total,
        };
        const trained = await trainToy({ engine, folder, schedule, average });
        return trained.weights["line"]!["weight"]!.data;
      };
      let average = [...randomWeights(SHAPES)["weight"]!.data];
      for (const [step, decay] of [1 / 10, 2 / 11, 3 / 12].entries()) {
        // A decay of 0 leaves the parameters themselves.
        const now = await emaAfter(step + 1, { decay: 0, ramp: false });
        average = average.map((x, i) => decay * x + (1 - decay) * now[i]!);
      }
      const found = await emaAfter(3, { decay: 0.999, ramp: true });
      average.forEach((expected, i) => {
        const gap = Math.abs(found[i]! - expected);
        if (!(gap <= 1e-6)) assert.fail(`weight ${i} differs by ${gap}`);
      });
    }),

  "train() gives the same bytes however it is cut": (engine) =>
    inFolder(async (folder) => {
      const whole = await trainToy({ engine, folder });
      for (let cutAt = 1; cutAt < STEPS; cutAt++) {
        await assert.rejects(trainToy({ engine, folder, cutAt }), {
          name: "AbortError",
        });
        let start = -1;
        const resumed = await trainToy({
          engine,
          folder,
          onStart: (step) => void (start = step),
        });
        assert.equal(start, cutAt);
        assertSame(resumed, whole);
        await Deno.remove(checkpointOf(folder));
      }
    }),

  "train() may be cut again and again": (engine) =>
    inFolder(async (folder) => {
      const whole = await trainToy({ engine, folder });
      for (let cutAt = 1; cutAt < STEPS; cutAt += 3) {
        await assert.rejects(trainToy({ engine, folder, cutAt }));
        assert.equal(await stepOf(checkpointOf(folder)), cutAt);
      }
      assertSame(await trainToy({ engine, folder }), whole);
    }),

  "train() stops at a loss that is not finite and keeps the good state": (
    engine,
  ) =>
    inFolder(async (folder) => {
      const path = checkpointOf(folder);
      const whole = await trainToy({ engine, folder });
      await assert.rejects(trainToy({ engine, folder, cutAt: 3 }));
      const digest = await digestFile(path);
      await assert.rejects(
        trainToy({ engine, folder, batch: spoiltAt(5) }),
        (error) => {
          assert.ok(error instanceof UserError);
          assert.match(error.message, /the "loss" is NaN at step 5;/);
          assert.doesNotMatch(error.message, /\n/);
          return true;
        },
      );
      assert.equal(await digestFile(path), digest);
      assert.equal(await stepOf(path), 3);
      assertSame(await trainToy({ engine, folder }), whole);
    }),

  "train() does not save a state that a gradient has spoilt": (engine) =>
    inFolder(async (folder) => {
      const shapes = { weight: [1, 2] };
      const step: TrainingStep<"kink"> = {
        name: "kink",
        players: { kink: { ...rule(), shapes, decays: new Set() } },
        inputs: {},
        // The root of 0: a loss of 0 whose slope is not a number.
        build: ({ players: { kink } }) => ({
          losses: { kink: sum(sqrt(square(kink.get("weight")))) },
          reported: {},
        }),
      };
      const zero = hostTensor("f32", [1, 2], new Float32Array(2));
      const failing = trainToy({
        engine,
        folder,
        cutAt: 1,
        step: () => step,
        start: () => startOf(step, { kink: { weight: zero } }),
        batch: () => ({}),
      });
      await assert.rejects(failing, (error) => {
        assert.ok(error instanceof UserError, `${error}`);
        assert.match(error.message, /"gradientNorm" is NaN at step 0;/);
        return true;
      });
      await assert.rejects(
        Deno.stat(checkpointOf(folder)),
        Deno.errors.NotFound,
      );
    }),

  "train() refuses a checkpoint of something else": (engine) =>
    inFolder(async (folder) => {
      const path = checkpointOf(folder);
      await Deno.writeTextFile(path, "no checkpoint");
      await assert.rejects(trainToy({ engine, folder }), UserError);
      await writeArtifact(path, { kind: "ar", tensors: {}, config: {} });
      await assert.rejects(trainToy({ engine, folder }), UserError);
      await writeArtifact(path, {
        kind: "checkpoint",
        tensors: {},
        config: { step: 0.5 },
      });
      await assert.rejects(trainToy({ engine, folder }), {
        name: "UserError",
        message: /config.step is 0.5, expected a whole number$/,
      });
      await writeArtifact(path, {
        kind: "checkpoint",
        tensors: {},
        config: { step: 2 },
      });
      await assert.rejects(trainToy({ engine, folder }), UserError);
    }),
});

Deno.test("train() saves as often as it is asked to", () =>
  inFolder(async (folder) => {
    const engine = createReferenceEngine();
    const dies: Pause = {
      due: (step) => step === 3,
      run: () => Promise.reject(new Error("Killed at step 3")),
    };
    const run = { engine, folder, pauses: [dies] };
    await assert.rejects(trainToy(run), /Killed/);
    await assert.rejects(Deno.stat(checkpointOf(folder)));
    await assert.rejects(trainToy({ ...run, checkpointSeconds: 0 }), /Killed/);
    assert.equal(await stepOf(checkpointOf(folder)), 2);
    const seen: number[] = [];
    await trainToy({ engine, folder, onStart: (step) => void seen.push(step) });
    assert.deepEqual(seen, [2]);
  }));
