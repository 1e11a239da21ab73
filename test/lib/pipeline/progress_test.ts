import assert from "node:assert/strict";
import {
  headedBy,
  type ProgressStart,
} from "../../../lib/pipeline/progress.ts";

Deno.test("headedBy() puts what runs before a task's own label", () => {
  const started: ProgressStart[] = [];
  const task = {
    seconds: 0,
    advance() {},
    resume() {},
    set() {},
    finish() {},
  };
  const progress = headedBy("prepare", {
    start(start) {
      started.push(start);
      return task;
    },
  });
  assert.equal(progress.start({ total: 3, unit: "image" }), task);
  progress.start({ label: "heldout", total: 2, done: 1 });
  assert.deepEqual(started, [
    { label: "prepare", total: 3, unit: "image" },
    { label: "prepare: heldout", total: 2, done: 1 },
  ]);
});
