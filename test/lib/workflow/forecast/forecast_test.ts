import assert from "node:assert/strict";
import type { StepEstimate } from "../../../../lib/pipeline/mod.ts";
import { forecastOf } from "../../../../lib/workflow/forecast/mod.ts";

const SPEED = { flopsPerSecond: 100, bytesPerSecond: 10 };

const STEPS: readonly StepEstimate[] = [
  { id: "prepare", state: "done", known: true, bytes: 7 },
  {
    id: "train",
    state: "would run",
    known: true,
    bytes: 5,
    amount: "3 steps",
    notes: ["assumed"],
    work: [
      { name: "gradients", runs: 3, flops: 200, bytes: 10 },
      { name: "update", runs: 3, flops: 0, bytes: 5 },
    ],
  },
  { id: "mine", state: "would run", known: false, bytes: 0 },
  { id: "split", state: "would run", known: true, bytes: 2 },
];

Deno.test("forecastOf() runs each program at what takes it longer", () => {
  const { steps, total, speed } = forecastOf(STEPS, SPEED);
  const [prepare, train, mine, split] = steps;
  assert.equal(prepare!.bytes, 7);
  assert.equal(prepare!.seconds, 0);
  // Three times 200 / 100 s of arithmetic, and 5 / 10 s of memory.
  assert.equal(train!.seconds, 7.5);
  assert.equal(train!.flops, 600);
  assert.equal(train!.boundBy, "arithmetic");
  assert.deepEqual(train!.notes, ["assumed"]);
  assert.deepEqual([mine!.bytes, mine!.flops, mine!.seconds], [
    null,
    null,
    null,
  ]);
  assert.equal(split!.seconds, 0);
  assert.deepEqual(total, { bytes: 14, flops: 600, seconds: 7.5 });
  assert.deepEqual(speed, SPEED);
});

Deno.test("forecastOf() says what memory binds", () => {
  const slow = { ...SPEED, bytesPerSecond: 1 };
  const [, train] = forecastOf(STEPS, slow).steps;
  assert.equal(train!.boundBy, "memory");
  // Ten bytes and five in each of three steps.
  assert.equal(train!.seconds, 45);
});

Deno.test("forecastOf() has no times without a speed", () => {
  const { steps, total, speed } = forecastOf(STEPS, undefined);
  assert.equal(steps[1]!.seconds, null);
  assert.equal(steps[1]!.flops, 600);
  assert.equal(total.seconds, null);
  assert.equal(speed, null);
});
