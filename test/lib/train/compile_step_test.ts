import assert from "node:assert/strict";
import { UserError } from "../../../lib/artifact/mod.ts";
import { createReferenceEngine } from "../../../lib/engine/reference/mod.ts";
import {
  arTrainingStep,
  type Batch,
  bindRandom,
  bindScalars,
  compileStep,
  matrixNames,
  startState,
  type StepOptions,
  type TrainingStep,
  updateScalars,
  vaeTrainingStep,
} from "../../../lib/train/mod.ts";
import type { Parameters } from "../../../lib/nn/mod.ts";
import {
  add,
  type DeviceTensor,
  type Engine,
  type HostTensor,
  hostTensor,
  input,
  matmul,
  mean,
  mul,
  square,
  sub,
  tanh,
  type Tensor,
} from "../../../lib/tensor/mod.ts";
import { testOnEngines } from "../../engines.ts";
import { assertClose } from "../../tensors.ts";
import { AR, noise, randomWeights, unitRows, VAE } from "../model/_models.ts";
import { rule } from "./_rules.ts";

const ROWS = 8;
/** Twice, so that a later step reads what an earlier one wrote. */
const STEPS = 2;
const UPDATE = rule({ clip: 0.1, adamw: { beta1: 0.5, beta2: 0.9 } });

const FROZEN = noise([2, 3], { name: "frozen" });
const GENERATOR = { w: [2, 3], b: [2] };
const DISCRIMINATOR = { w: [1, 2], b: [1] };

/**
 * Two players: one draws near targets and lowers what the other gives it, the
 * other tells them apart; a frozen matrix and a running mean stand beside.
 */
function duel(
  batch: number,
  rowsTogether?: TrainingStep["rowsTogether"],
): TrainingStep<"generator" | "discriminator"> {
  const x = input("x", [batch, 3]);
  return {
    name: "duel",
    players: {
      generator: {
        ...UPDATE,
        shapes: GENERATOR,
        decays: matrixNames(GENERATOR),
      },
      discriminator: {
        ...UPDATE,
        average: undefined,
        shapes: DISCRIMINATOR,
        decays: new Set(),
      },
    },
    frozen: { target: FROZEN },
    buffers: { seen: hostTensor("f32", [2], Float32Array.of(1, -1)) },
    inputs: { x },
    rowsTogether,
    build: ({ players: { generator, discriminator }, frozen, buffers }) => {
      const made = linear(generator, x);
      const real = matmul(x, frozen.get("target"), { transposeB: true });
      const [fakes, reals] = [made, real].map((y) => linear(discriminator, y));
      const running = add(
        mul(buffers.seen!, 0.9),
        mul(mean(made, { axes: [0] }), 0.1),
      );
      return {
        losses: {
          generator: add(
            mean(square(sub(made, real))),
            mean(square(sub(fakes!, mean(buffers.seen!)))),
          ),
          discriminator: mean(sub(square(fakes!), tanh(reals!))),
        },
        reported: { fakes: mean(fakes!) },
        buffers: { seen: running },
      };
    },
  };
}

function linear(p: Parameters, x: Tensor): Tensor {
  return add(matmul(x, p.get("w"), { transposeB: true }), p.get("b"));
}

const CASES = {
  "two players": {
    step: (batch: number): TrainingStep => duel(batch),
    batch: { x: noise([ROWS, 3], { name: "x" }) },
  },
  "the S-VAE": {
    step: (batch: number): TrainingStep =>
      vaeTrainingStep({ config: VAE, batch, klWeight: 0.1, update: UPDATE }),
    batch: {
      images: noise([ROWS, 3, 8, 8], { name: "images", deviation: 0.5 }),
    },
  },
  "the AR model": {
    step: (batch: number): TrainingStep =>
      arTrainingStep({
        config: AR,
        batch,
        diffBatchMul: 2,
        classDropout: 0.3,
        update: UPDATE,
      }),
    batch: {
      mu: unitRows([ROWS, AR.grid ** 2, AR.latent_dim], "mu"),
      kappa: hostTensor(
        "f32",
        [ROWS, AR.grid ** 2],
        new Float32Array(ROWS * AR.grid ** 2).fill(30),
      ),
      classes: hostTensor(
        "i32",
        [ROWS],
        Int32Array.from({ length: ROWS }, (_, row) => row % AR.num_classes),
      ),
    },
  },
};

/** What a few steps leave: scalars of each, first moments and buffers. */
async function trained(
  engine: Engine,
  { batch, ...options }: StepOptions & { batch: Batch },
): Promise<{ log: unknown; moments: Record<string, HostTensor> }> {
  const compiled = await compileStep(engine, options);
  const { players } = compiled.step;
  const weights = Object.entries(players)
    .map(([player, { shapes }]) => [player, randomWeights(shapes)] as const);
  const state: Record<string, DeviceTensor> = {};
  for (
    const [name, value] of Object.entries(
      startState(compiled.step, Object.fromEntries(weights)),
    )
  ) {
    state[name] = await engine.upload(value);
  }
  for (let step = 0; step < STEPS; step++) {
    const random = bindRandom(5, { step, rows: options.rows });
    const known: Batch = { ...batch, ...random };
    const values = Object.fromEntries(
      Object.keys(compiled.step.inputs).map((name) => [name, known[name]!]),
    );
    const numbers = bindScalars(updateScalars(players, step));
    await compiled.advance({ ...values, ...numbers }, state);
  }
  const log = await compiled.log.read();
  const moments: Record<string, HostTensor> = {};
  for (const [name, tensor] of Object.entries(state)) {
    if (/^buffer\/|^\w+\/m\//.test(name)) {
      moments[name] = await engine.download(tensor);
    }
  }
  compiled.dispose();
  for (const tensor of Object.values(state)) engine.dispose(tensor);
  return { log, moments };
}

function assertTrained(
  found: Awaited<ReturnType<typeof trained>>,
  expected: Awaited<ReturnType<typeof trained>>,
  tolerance: number,
): void {
  const numbers = ({ log }: typeof found) =>
    (log as Record<string, number>[]).map((record) => {
      assert.deepEqual(Object.keys(record), Object.keys(expectedRecords[0]!));
      return Float64Array.from(Object.values(record));
    });
  const expectedRecords = expected.log as Record<string, number>[];
  numbers(found).forEach((record, step) => {
    const wanted = Float64Array.from(Object.values(expectedRecords[step]!));
    assertClose(
      hostTensor("f64", [record.length], record),
      hostTensor("f64", [wanted.length], wanted),
      { what: `scalars of step ${step}`, tolerance },
    );
  });
  for (const [name, moment] of Object.entries(expected.moments)) {
    assertClose(found.moments[name]!, moment, { what: name, tolerance });
  }
}

const reference = createReferenceEngine();

for (const [what, { step, batch }] of Object.entries(CASES)) {
  const options = { step, rows: ROWS, batch };
  const whole = await trained(reference, options);

  for (const accumulate of [2, 4, 8]) {
    Deno.test(`compileStep() of ${what} in ${accumulate} parts does what the whole does`, async () => {
      const found = await trained(reference, { ...options, accumulate });
      assertTrained(found, whole, 1e-9);
    });
  }

  await testOnEngines({
    [`compileStep() of ${what} does what the reference does`]: async (
      engine,
    ) => {
      for (const accumulate of [1, 4]) {
        const found = await trained(engine, { ...options, accumulate });
        assertTrained(found, whole, 1e-3);
      }
    },
  });
}

/** The reference engine with two workers, and which of them compiled what. */
function twoWorkers(): { engine: Engine; seen: (number | undefined)[] } {
  const seen: (number | undefined)[] = [];
  const engine: Engine = {
    ...bound(reference),
    workers: 2,
    compile: (program, { worker, ...options } = {}) => {
      seen.push(worker);
      return reference.compile(program, options);
    },
  };
  return { engine, seen };
}

for (const [what, { step, batch }] of Object.entries(CASES)) {
  Deno.test(`compileStep() cuts ${what} for workers that run side by side`, async () => {
    const { engine, seen } = twoWorkers();
    const options = { step, rows: ROWS, batch };
    const whole = await trained(reference, options);
    assertTrained(await trained(engine, options), whole, 1e-9);
    assert.deepEqual(seen, [0, 0, 1, 1]);
    const accumulated = await trained(engine, { ...options, accumulate: 2 });
    assertTrained(accumulated, whole, 1e-9);
  });
}

Deno.test("compileStep() leaves whole what has no equal parts for workers", async () => {
  const { engine, seen } = twoWorkers();
  await compileStep(engine, { step: duel, rows: 3 });
  assert.deepEqual(seen, [undefined]);
});

/** Rows that a statistic would be taken of. */
const TOGETHER = { rows: 4, because: "a statistic is of 4 rows" };

Deno.test("compileStep() parts no rows that belong together", async () => {
  const step = (rows: number) => duel(rows, TOGETHER);
  const { engine, seen } = twoWorkers();
  // Two groups for two workers, one for one.
  await compileStep(engine, { step, rows: 8 });
  assert.deepEqual(seen.splice(0), [0, 0, 1, 1]);
  await compileStep(engine, { step, rows: 4 });
  assert.deepEqual(seen.splice(0), [undefined]);
  await compileStep(engine, { step, rows: 8, accumulate: 2 });
  // First and later rounds, and the update, of one worker.
  assert.deepEqual(seen, [undefined, undefined, undefined]);
  await assert.rejects(compileStep(engine, { step, rows: 8, accumulate: 4 }), {
    name: "UserError",
    message: "Cannot accumulate a batch of 8 in 4 parts of 2: a statistic is " +
      "of 4 rows, expected parts of a multiple of 4 rows",
  });
});

/** An engine's methods as functions of their own. */
function bound(engine: Engine): Engine {
  return {
    name: engine.name,
    description: engine.description,
    compile: (...args) => engine.compile(...args),
    upload: (...args) => engine.upload(...args),
    download: (...args) => engine.download(...args),
    lend: (...args) => engine.lend(...args),
    fill: (...args) => engine.fill(...args),
    run: (...args) => engine.run(...args),
    dispose: (...args) => engine.dispose(...args),
    close: () => engine.close(),
  };
}

Deno.test("compileStep() refuses parts that are not equal", async () => {
  const { step } = CASES["the S-VAE"];
  await assert.rejects(
    compileStep(reference, { step, rows: ROWS, accumulate: 3 }),
    (error) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, /batch of 8 in 3 equal parts/);
      return true;
    },
  );
});
