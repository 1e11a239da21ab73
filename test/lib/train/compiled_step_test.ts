import assert from "node:assert/strict";
import { UserError } from "../../../lib/artifact/mod.ts";
import { createReferenceEngine } from "../../../lib/engine/reference/mod.ts";
import {
  adamWOptions,
  arTrainingStep,
  type Batch,
  bindRandom,
  bindScalars,
  compileStep,
  StateLayout,
  stateName,
  type StepOptions,
  stepScalars,
  vaeTrainingStep,
} from "../../../lib/train/mod.ts";
import {
  type DeviceTensor,
  type Engine,
  type HostTensor,
  hostTensor,
} from "../../../lib/tensor/mod.ts";
import { testOnEngines } from "../../engines.ts";
import { assertClose } from "../../tensors.ts";
import { AR, noise, randomWeights, unitRows, VAE } from "../model/_models.ts";

const ROWS = 8;
/** Twice, so that a later step reads what an earlier one wrote. */
const STEPS = 2;
const ADAMW = adamWOptions({
  beta1: 0.5,
  beta2: 0.9,
  weightDecay: 0.01,
  clip: 0.1,
});

const CASES = {
  "the S-VAE": {
    step: (batch: number) =>
      vaeTrainingStep({ config: VAE, batch, klWeight: 0.1, adamW: ADAMW }),
    batch: {
      images: noise([ROWS, 3, 8, 8], { name: "images", deviation: 0.5 }),
    },
  },
  "the AR model": {
    step: (batch: number) =>
      arTrainingStep({
        config: AR,
        batch,
        copies: 2,
        classDropout: 0.3,
        adamW: ADAMW,
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

/** What a few steps leave: scalars of each, and the moments of every parameter. */
async function trained(
  engine: Engine,
  { batch, ...options }: StepOptions & { batch: Batch },
): Promise<{ log: unknown; moments: Record<string, HostTensor> }> {
  const compiled = await compileStep(engine, options);
  const { shapes } = compiled.step;
  const layout = new StateLayout(shapes);
  const state: Record<string, DeviceTensor> = {};
  for (
    const [name, value] of Object.entries(layout.start(randomWeights(shapes)))
  ) {
    state[name] = await engine.upload(value);
  }
  for (let step = 0; step < STEPS; step++) {
    const numbers = stepScalars(step, {
      beta1: ADAMW.beta1,
      beta2: ADAMW.beta2,
      rate: 1e-3,
      ema: 0.9,
    });
    const random = bindRandom(5, { step, rows: options.rows });
    const values = { ...batch, ...random, ...bindScalars(numbers) };
    await compiled.advance(values, state);
  }
  const log = await compiled.log.read();
  const moments: Record<string, HostTensor> = {};
  for (const name of Object.keys(layout.shapes)) {
    moments[name] = await engine.download(state[stateName("m", name)]!);
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

Deno.test("compileStep() cuts a step for workers that run side by side", async () => {
  const { step, batch } = CASES["the AR model"];
  const seen: (number | undefined)[] = [];
  const engine: Engine = {
    ...bound(reference),
    workers: 2,
    compile: (program, compileOptions) => {
      seen.push(compileOptions?.worker);
      return reference.compile(program);
    },
  };
  const options = { step, rows: ROWS, batch };
  const found = await trained(engine, options);
  assertTrained(found, await trained(reference, options), 1e-9);
  assert.deepEqual(seen, [0, 0, 1, 1]);
  seen.length = 0;
  // An odd batch has no equal parts: it is not cut.
  await compileStep(engine, { step, rows: 3 });
  assert.deepEqual(seen, [undefined]);
});

/** An engine's methods as functions of their own. */
function bound(engine: Engine): Engine {
  return {
    name: engine.name,
    description: engine.description,
    compile: (...args) => engine.compile(...args),
    upload: (...args) => engine.upload(...args),
    download: (...args) => engine.download(...args),
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
