import assert from "node:assert/strict";
import {
  compareRivals,
  differenceOf,
  opened,
  scheduleOf,
} from "../../bench/rivals/compare.ts";
import { rivalSizes } from "../../bench/rivals/all.ts";
import { rivalTable } from "../../bench/rivals/mod.ts";
import { rivalProgram } from "../../bench/rivals/programs.ts";
import { type Rival, RIVAL_WORK_NAMES } from "../../bench/rivals/rival.ts";
import { programCost } from "../../lib/tensor/mod.ts";

const sizes = { batch: 2, length: 19, heads: 2, width: 64, fewRows: 2 };

Deno.test("differenceOf() is relative to the largest value and keeps NaN", () => {
  assert.equal(differenceOf([1, 2, 4.4], [1, 2, 4]), 0.1);
  assert.ok(Number.isNaN(differenceOf([NaN, 1], [1, 1])));
  assert.throws(() => differenceOf([1], [1, 2]), /Expected a result of 2/);
});

Deno.test("every work of the rivals is a program with arithmetic", () => {
  for (const work of RIVAL_WORK_NAMES) {
    assert.ok(programCost(rivalProgram(work, sizes)).flops > 0, work);
  }
});

Deno.test("scheduleOf() fills a turn with fast work and repeats no slow work", () => {
  assert.deepEqual(scheduleOf(0.1, 3), { turns: 3, times: 5 });
  assert.deepEqual(scheduleOf(1e-6, 3), { turns: 3, times: 100 });
  assert.deepEqual(scheduleOf(4, 2), { turns: 2, times: 1 });
  assert.deepEqual(scheduleOf(60, 3), { turns: 0, times: 1 });
});

Deno.test("--batch takes the place of a size's own batch", () => {
  const own = rivalSizes("B");
  assert.equal(own.batch, 16);
  assert.deepEqual(rivalSizes("B", 1), { ...own, batch: 1 });
});

function rival(description: string, values: readonly number[]): Rival {
  return {
    description,
    prepare: () =>
      Promise.resolve({
        run: () => new Promise((resolve) => setTimeout(resolve, 5)),
        result: () => Promise.resolve(values),
        close: () => {},
      }),
    close: () => Promise.resolve(),
  };
}

Deno.test("compareRivals() compares results and keeps the reasons of failures", async () => {
  const broken: Rival = {
    ...rival("broken", []),
    prepare: () => Promise.reject(new Error("No such operator\nat x")),
  };
  const rivals = {
    ours: rival("ours", [1, 2]),
    same: rival("same", [1, 2]),
    other: rival("other", [1, 3]),
    broken,
    absent: await opened(() => Promise.reject(new Error("No adapter"))),
  };
  const matmul = await compareRivals("matmul", rivals, { sizes, rounds: 1 });
  assert.deepEqual(matmul.broken, { missing: "No such operator" });
  assert.deepEqual(matmul.absent, { missing: "No adapter" });
  assert.ok("difference" in matmul.same! && matmul.same.difference === 0);
  const text = rivalTable({
    size: "golden",
    sizes,
    rivals: { ours: "ours 1", same: "same 2" },
    works: { matmul },
  });
  assert.match(text, /^matmul +same +.* 0\.0e\+0$/m);
  assert.match(text, /^Shapes of golden, batch 2;/m);
  assert.match(text, /matmul with same: timed once/);
  assert.match(text, /matmul with other: the result is another one/);
  assert.match(text, /matmul with broken: No such operator/);
  assert.match(text, /matmul with absent: No adapter/);
});
