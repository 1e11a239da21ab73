import assert from "node:assert/strict";
import { Objective, type Term, weightAt } from "../../../lib/train/mod.ts";
import {
  constantArray,
  hostTensor,
  mean,
  program,
  type Tensor,
} from "../../../lib/tensor/mod.ts";
import { createReferenceEngine } from "../../../lib/engine/reference/mod.ts";
import { evaluate } from "../model/_models.ts";

interface Pair {
  readonly a: Tensor;
  readonly b: Tensor;
}

const FORWARD: Pair = {
  a: constantArray([2], [1, 3]),
  b: constantArray([2], [10, 30]),
};

function terms(
  a: Partial<Term<Pair>>,
  b: Partial<Term<Pair>>,
): Term<Pair>[] {
  return [
    { name: "a", weight: 1, of: (forward) => mean(forward.a), ...a },
    { name: "b", weight: 1, of: (forward) => mean(forward.b), ...b },
  ];
}

Deno.test("weightAt() is 0 before a term's start and grows over its warm-up", () => {
  const term = { weight: 2, from: 10, warmup: 4 };
  const found = [0, 9, 10, 11, 13, 14, 99].map((step) => weightAt(term, step));
  assert.deepEqual(found, [0, 0, 0, 0.5, 1.5, 2, 2]);
  assert.equal(weightAt({ weight: 2, from: 3 }, 2), 0);
  assert.equal(weightAt({ weight: 2, from: 3 }, 3), 2);
  assert.equal(weightAt({ weight: 2 }, 0), 2);
});

Deno.test("Objective adds weighted terms and reports each", async () => {
  const objective = new Objective(terms({}, { weight: 0.5 }));
  assert.deepEqual(objective.inputs, {});
  const { loss, reported } = objective.of(FORWARD);
  assert.deepEqual(Object.keys(reported), ["a", "b"]);
  const found = await evaluate({ loss, a: reported.a!, b: reported.b! });
  assert.equal(found.loss.data[0], 2 + 0.5 * 20);
  assert.equal(found.a.data[0], 2);
  assert.equal(found.b.data[0], 20);
});

Deno.test("Objective reports a term of weight 0 and leaves it out of the loss", () => {
  const { loss, reported } = new Objective(terms({}, { weight: 0 }))
    .of(FORWARD);
  assert.equal(loss, reported.a);
  assert.ok(reported.b !== undefined);
});

Deno.test("Objective takes weights that change as inputs", async () => {
  const objective = new Objective(terms({}, { weight: 3, from: 5, warmup: 2 }));
  assert.deepEqual(Object.keys(objective.inputs), ["weight/b"]);
  const weight = objective.scalars["weight/b"]!;
  assert.deepEqual([5, 6, 7].map(weight), [0, 1.5, 3]);
  const engine = createReferenceEngine();
  const executable = await engine.compile(program("loss", {
    inputs: objective.inputs,
    outputs: { loss: objective.of(FORWARD).loss },
  }));
  const inputs = {
    "weight/b": hostTensor("f32", [], Float32Array.of(1.5)),
  };
  const { loss } = await engine.run(executable, { inputs });
  assert.equal((await engine.download(loss!)).data[0], 2 + 1.5 * 20);
});

Deno.test("Objective reports nothing beside the loss where it has one term", () => {
  const { reported } = new Objective(terms({}, {}).slice(1)).of(FORWARD);
  assert.deepEqual(reported, {});
});

Deno.test("Objective refuses a list in which nothing weighs", () => {
  const objective = new Objective(terms({ weight: 0 }, { weight: 0 }));
  assert.throws(() => objective.of(FORWARD), {
    name: "TypeError",
    message: "Cannot make a loss: no term has a weight",
  });
});
