import assert from "node:assert/strict";
import { forecastLines } from "../../../../lib/workflow/forecast/mod.ts";
import {
  durationText,
  flopText,
} from "../../../../lib/workflow/forecast/text.ts";

Deno.test("forecastLines() is a table with sums, the speed and what is assumed", () => {
  const lines = forecastLines({
    steps: [
      {
        id: "prepare",
        state: "done",
        bytes: 2048,
        flops: 0,
        seconds: 0,
        notes: [],
      },
      {
        id: "train-vae",
        state: "would run",
        amount: "9 steps of 4 images",
        bytes: 1024,
        flops: 3e18,
        seconds: 30 * 86_400,
        boundBy: "arithmetic",
        notes: ["assumes much"],
      },
      {
        id: "mine",
        state: "would run",
        bytes: null,
        flops: null,
        seconds: null,
        notes: [],
      },
    ],
    total: { bytes: 3072, flops: 3e18, seconds: 30 * 86_400 },
    speed: { flopsPerSecond: 1.23e11, bytesPerSecond: 28e9 },
  }, "some engine");
  assert.match(lines[0]!, /^stage +of +on disk +work +bound by +time +share$/);
  assert.match(lines[1]!, /^prepare +done +2\.0 KiB$/);
  assert.match(
    lines[2]!,
    /^train-vae +9 steps of 4 images +1\.0 KiB +3 EFLOP +arithmetic +30 days +100\.0%$/,
  );
  assert.match(lines[3]!, /^mine +\? +\? +\?$/);
  assert.match(lines[4]!, /^all +3\.0 KiB +3 EFLOP +30 days$/);
  assert.match(
    lines[5]!,
    /^Times are an estimate: .* 123 GFLOP\/s .* 28\.0 GB\/s, .*some engine/,
  );
  assert.deepEqual(lines.slice(6), ["train-vae: assumes much"]);
});

Deno.test("forecastLines() says why there are no times", () => {
  const total = { bytes: 0, flops: 0, seconds: null };
  const lines = forecastLines({ steps: [], total, speed: null }, "reference");
  assert.match(lines.at(-1)!, /not estimated: reference is not made for speed/);
});

Deno.test("flopText() and durationText() choose their units", () => {
  assert.equal(flopText(0), "0 FLOP");
  assert.equal(flopText(1_500), "1.5 kFLOP");
  assert.equal(flopText(2.177e20), "218 EFLOP");
  assert.equal(durationText(90), "1 min 30 s");
  assert.equal(durationText(86_400), "24 h 00 min");
  assert.equal(durationText(12.34 * 86_400), "12.3 days");
  assert.equal(durationText(4 * 365.25 * 86_400), "4 years");
});
