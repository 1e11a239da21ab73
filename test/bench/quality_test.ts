import assert from "node:assert/strict";
import { coupledDraws } from "../../bench/quality/draws.ts";
import { distanceOf, type SampleSet } from "../../bench/quality/distance.ts";
import { measureQuality } from "../../bench/quality/measure.ts";
import { qualityTable } from "../../bench/quality/mod.ts";
import { createReferenceEngine } from "../../lib/engine/reference/mod.ts";
import { arShapes, vaeShapes } from "../../lib/model/mod.ts";
import { hostTensor } from "../../lib/tensor/mod.ts";
import { AR, randomWeights, VAE } from "../lib/model/_models.ts";

const GUIDANCE = { cfg: 2, schedule: "linear" } as const;

Deno.test("coupledDraws() follows one motion with any number of steps", () => {
  const sizes = { tokens: 2, rows: 3, d: 2, seed: 5 };
  const runs = [[8, 8], [4, 2], [3, 1], [0, 0]];
  const all = coupledDraws(runs, sizes);
  const row = (run: number, { token, draw }: Record<string, number>) => {
    const { shape, data } = all[run]!;
    const at = ((token! * shape[1]! + draw!) * 3 + 1) * 2;
    return data[at]!;
  };
  /** Where the motion of one row and number is after some steps. */
  const motion = (run: number, token: number, steps: number) => {
    const count = runs[run]![token]!;
    let sum = 0;
    for (let draw = 1; draw <= steps; draw++) {
      sum += row(run, { token, draw }) / Math.sqrt(count);
    }
    return sum;
  };
  for (const token of [0, 1]) {
    for (const run of [1, 2, 3]) {
      const start = { token, draw: 0 };
      assert.equal(row(run, start), row(0, start));
    }
    for (const run of [1, 2]) {
      const [whole, end] = [motion(0, token, 8), runs[run]![token]!];
      assert.ok(Math.abs(motion(run, token, end) - whole) < 1e-5);
    }
  }
  assert.ok(Math.abs(motion(1, 0, 1) - motion(0, 0, 2)) < 1e-5);
  assert.notEqual(row(0, { token: 0, draw: 0 }), row(0, { token: 1, draw: 0 }));
  assert.deepEqual(all.map(({ shape }) => shape[1]), [9, 5, 4, 1]);
});

Deno.test("coupledDraws() are normal however motions are shared", () => {
  const sizes = { tokens: 1, rows: 500, d: 8, seed: 1 };
  for (const { data } of coupledDraws([[7], [5], [3]], sizes)) {
    const mean = data.reduce((sum, x) => sum + x, 0) / data.length;
    const square = data.reduce((sum, x) => sum + x * x, 0) / data.length;
    assert.ok(Math.abs(mean) < 0.03, `mean ${mean}`);
    assert.ok(Math.abs(square - 1) < 0.05, `variance ${square}`);
  }
});

/** One image of one grey value, of two tokens of two numbers. */
function set(tokens: readonly number[], grey: number): SampleSet {
  const pixels = new Uint8Array(12).fill(grey);
  return {
    tokens: hostTensor("f32", [1, 2, 2], Float32Array.from(tokens)),
    images: hostTensor("u8", [1, 2, 2, 3], pixels),
  };
}

Deno.test("distanceOf() measures angles, lengths and pixels", () => {
  const reference = set([2, 0, 0, 2], 100);
  assert.deepEqual(distanceOf(set([0, 2, 0, 2], 110), reference), {
    angleDegrees: 45,
    relativeL2: 0.7071,
    psnrDb: 28.13,
  });
  assert.deepEqual(distanceOf(reference, reference), {
    angleDegrees: 0,
    relativeL2: 0,
  });
});

Deno.test("measureQuality() finds the reference's steps equal, fewer apart", async () => {
  const generator = {
    ar: { config: AR, weights: randomWeights(arShapes(AR)) },
    vae: { config: VAE, weights: randomWeights(vaeShapes(VAE)) },
  };
  const engine = createReferenceEngine();
  const options = {
    guidance: GUIDANCE,
    images: 2,
    seed: 3,
    reference: 12,
    schedules: [12, "12:2"],
    rounds: 1,
    patienceMs: 0,
    log() {},
  } as const;
  const result = await measureQuality(engine, generator, options);
  for (
    const { schedules, referenceSteps, otherSeed } of Object.values(
      result.solvers,
    )
  ) {
    const [same, fewer] = [schedules["12"]!, schedules["12:2"]!];
    assert.equal(same.steps, referenceSteps);
    assert.equal(same.angleDegrees, 0);
    assert.ok(fewer.steps < same.steps);
    assert.ok(0 < fewer.angleDegrees);
    assert.ok(fewer.angleDegrees < otherSeed.angleDegrees);
  }
  const document = {
    engine: "reference",
    images: 2,
    seed: 3,
    guidance: GUIDANCE,
    ...result,
  };
  assert.match(
    qualityTable(document),
    /euler-maruyama +12:2 +\d+% +\d+\.\d+ deg/,
  );
});
