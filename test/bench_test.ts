import assert from "node:assert/strict";
import { CASES } from "../bench/cases.ts";
import { caseResult } from "../bench/document.ts";
import { casesOf } from "../bench/images.ts";
import { ratioOf, timesOf } from "../bench/statistics.ts";
import { resultTable } from "../bench/table.ts";

Deno.test("timesOf() takes the smallest and the middle", () => {
  assert.deepEqual(timesOf([3, 1, 2]), { min: 1, median: 2, runs: 3 });
  assert.throws(() => timesOf([]), RangeError);
});

Deno.test("ratioOf() is above 1 where we are faster", () => {
  const ours = timesOf([1, 2, 4]);
  assert.deepEqual(ratioOf(timesOf([2, 3, 9]), ours), { min: 2, median: 1.5 });
});

const PEAK = { flopsPerSecond: 1e9, bytesPerSecond: 1e8 };
const COST = { flops: 5e8, bytes: 1e7 };

Deno.test("caseResult() gives shares of the peak and, without a peer, no ratios", () => {
  const ours = timesOf([1, 2]);
  const result = caseResult(
    CASES["ar-training"],
    { ours, cost: COST, busy: 0 },
    PEAK,
  );
  assert.deepEqual(result.share, { flops: 0.5, bytes: 0.1 });
  assert.equal(result.ratios, undefined);
});

Deno.test("resultTable() says whether targets are reached, and notes", () => {
  const ours = timesOf([1]);
  const fast = { default: timesOf([2]), tuned: timesOf([1.5]) };
  const slow = { default: timesOf([2]), tuned: timesOf([1]) };
  const compared = [fast, slow].map((peer) =>
    caseResult(CASES["ar-training"], { ours, peer, cost: COST, busy: 0 }, PEAK)
  );
  const table = resultTable({
    machine: {
      cpu: "A CPU",
      cores: 2,
      memoryGiB: 8,
      system: "linux x64",
      engine: "An engine",
    },
    load: 0,
    rounds: 1,
    peak: PEAK,
    peers: { default: "eager", tuned: "with its kernels" },
    cases: { "ar-training": compared[0]!, "sampling-b": compared[1]! },
    notes: ["something is missing"],
  });
  assert.match(table, /ar-training .*1000\/1000 .*1\.7 \/ 1\.2 reached/);
  assert.match(table, /sampling-b .*1\.00\/1\.00 .*missed/);
  assert.match(table, /tuned: with its kernels/);
  assert.match(table, /Note: something is missing/);
});

Deno.test("batches of whole images are cases, told in images a second", () => {
  const flags = { size: "B", precision: "i8", steps: 5 } as const;
  const cases = casesOf([1, 8], flags);
  assert.deepEqual(Object.keys(cases), ["B-batch-1", "B-batch-8"]);
  const each = cases["B-batch-8"]!;
  assert.deepEqual(each.work.kind === "images" && each.work.weights, "q8");
  const result = caseResult(each, {
    ours: timesOf([2, 4]),
    peer: { default: timesOf([16]) },
    cost: COST,
    busy: 0,
  }, PEAK);
  assert.deepEqual(result.imagesPerSecond, { ours: 4, default: 0.5 });
});
