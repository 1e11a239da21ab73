import assert from "node:assert/strict";
import { countPipelines, countSize } from "../../bench/structure/count.ts";
import { structureOf, structureTable } from "../../bench/structure/mod.ts";
import { SIZES } from "../../bench/structure/sizes.ts";

/** Kernels of the smallest model's work at most: lower them when fusion improves. */
const KERNELS_AT_MOST = {
  trainingStep: 326,
  firstToken: 27,
  token: 31,
  solverStep: 12,
  solverStepF16: 12,
  solverStepQ8: 12,
} as const;

/** Pipelines that its sampler compiles at most. */
const PIPELINES_AT_MOST = 78;

/** Memory traffic at most, in times of what is least in f32. */
const TRAFFIC_AT_MOST = {
  trainingStep: 3.75,
  firstToken: 1.5,
  token: 1.5,
  solverStep: 1.1,
  solverStepF16: 0.6,
  solverStepQ8: 0.4,
} as const;

const WORK = Object.keys(KERNELS_AT_MOST) as (keyof typeof KERNELS_AT_MOST)[];

const golden = await structureOf(SIZES.golden);

Deno.test("work on the GPU takes no more kernels than it did", () => {
  for (const name of WORK) {
    const { kernels } = golden.work[name];
    const limit = KERNELS_AT_MOST[name];
    assert.ok(kernels <= limit, `${name}: ${kernels} kernels, was ${limit}`);
  }
});

Deno.test("work on the GPU moves no more memory than it did", () => {
  for (const name of WORK) {
    const { bytes, leastBytes } = golden.work[name];
    const times = bytes / leastBytes;
    const limit = TRAFFIC_AT_MOST[name];
    assert.ok(
      times <= limit,
      `${name}: ${times} times the least, was ${limit}`,
    );
  }
});

Deno.test("a sampler compiles equal kernels once, however deep the model is", () => {
  const { compiled } = golden;
  assert.ok(compiled.pipelines <= PIPELINES_AT_MOST, `${compiled.pipelines}`);
  const { ar } = SIZES.golden;
  const deeper = { ...SIZES.golden, ar: { ...ar, n_layer: 8 * ar.n_layer } };
  const { pipelines, kernels } = countPipelines(deeper);
  assert.ok(kernels > 2 * compiled.kernels, `${kernels}`);
  assert.ok(pipelines < 1.1 * compiled.pipelines, `${pipelines}`);
});

Deno.test("deeper models take as many kernels a layer and solver step", () => {
  const { ar } = SIZES.golden;
  const deeper = { ...SIZES.golden, ar: { ...ar, n_layer: 2 * ar.n_layer } };
  const work = countSize(deeper);
  for (const name of WORK) {
    const { kernels } = golden.work[name];
    assert.ok(work[name].kernels <= 2 * kernels, name);
  }
  assert.equal(work.solverStep.kernels, golden.work.solverStep.kernels);
});

Deno.test("the host allocates nothing and waits for nothing inside an image", () => {
  const { allocations, readBacks } = golden.host!.image;
  assert.deepEqual({ allocations, readBacks }, {
    allocations: 0,
    readBacks: 0,
  });
});

Deno.test("the host allocates nothing and waits for no result after the first training step", () => {
  const { allocations, readBacks } = golden.host!.training;
  assert.deepEqual({ allocations, readBacks }, {
    allocations: 0,
    readBacks: 0,
  });
});

Deno.test("structureTable() tells every kind of work and what the host does", () => {
  const text = structureTable({ golden });
  assert.match(text, /golden +AR training step +\d+/);
  assert.match(text, /golden +solver step of the head/);
  assert.match(text, /inside an image: 0 waits for results, 0 allocations/);
});
