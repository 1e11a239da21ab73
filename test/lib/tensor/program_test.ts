import assert from "node:assert/strict";
import {
  add,
  checkBindings,
  checkFrozen,
  input,
  mul,
  program,
  roots,
  zeros,
} from "../../../lib/tensor/mod.ts";

Deno.test("program() refuses a leaf that is neither input nor state", () => {
  const [x, y] = [input("x", [2]), input("forgotten", [2])];
  assert.throws(
    () => program("p", { inputs: { x }, outputs: { z: add(x, y) } }),
    {
      name: "TypeError",
      message: 'Cannot make program "p": input "forgotten" is neither among ' +
        "its inputs nor its state",
    },
  );
  const state = { x: { value: x, next: add(x, y) } };
  assert.throws(() => program("p", { state }), /"forgotten"/);
});

Deno.test("program() refuses a next state of another type", () => {
  const x = input("x", [2, 1]);
  const next = add(x, input("y", [3]));
  assert.throws(() => program("p", { state: { w: { value: x, next } } }), {
    name: "TypeError",
    message: 'Cannot make program "p": state "w" is f32 [2,1], its next ' +
      "value f32 [2,3]",
  });
});

Deno.test("roots() are outputs and then next states", () => {
  const x = input("x", [2]);
  const [y, z] = [add(x, 1), mul(x, 2)];
  const made = program("p", {
    state: { x: { value: x, next: z } },
    outputs: { y },
  });
  assert.deepEqual(roots(made), [y, z]);
});

const X = input("x", [2]);
const W = input("w", [3]);
const PROGRAM = program("p", {
  inputs: { x: X },
  state: { w: { value: W, next: add(W, 1) }, v: { value: input("v", []) } },
});
const GOOD = {
  inputs: { x: zeros("f32", [2]) },
  state: { w: zeros("f32", [3]), v: zeros("f32", []) },
};

Deno.test("checkBindings() accepts what fits, and f64 for f32", () => {
  checkBindings(PROGRAM, GOOD, new Set());
  const { w } = GOOD.state;
  checkBindings(PROGRAM, { ...GOOD, state: { w } }, new Set(["v"]));
  const inputs = { x: zeros("f64", [2]) };
  checkBindings(PROGRAM, { ...GOOD, inputs }, new Set());
});

Deno.test("checkBindings() names the program, the binding and both types", () => {
  const { state, inputs } = GOOD;
  const kinds = [
    [{ state }, '"x" must be f32 [2], got nothing'],
    [{ inputs }, '"w" must be f32 [3], got nothing'],
    [
      { inputs: { x: zeros("i32", [2]) }, state },
      '"x" must be f32 [2], got i32 [2]',
    ],
    [
      { inputs: { x: zeros("f32", []) }, state },
      '"x" must be f32 [2], got f32 []',
    ],
  ] as const;
  for (const [bindings, problem] of kinds) {
    assert.throws(() => checkBindings(PROGRAM, bindings, new Set()), {
      name: "TypeError",
      message: `Cannot run "p": ${problem}`,
    });
  }
  const more = { ...GOOD, inputs: { ...inputs, z: zeros("f32", []) } };
  assert.throws(() => checkBindings(PROGRAM, more, new Set()), {
    message: 'Cannot run "p": it has no "z"',
  });
  assert.throws(() => checkBindings(PROGRAM, GOOD, new Set(["v"])), {
    message: 'Cannot run "p": it has no "v"',
  });
});

Deno.test("checkFrozen() accepts read-only states of the right type", () => {
  checkFrozen(PROGRAM, { v: zeros("f64", []) });
  const kinds = [
    [{ u: zeros("f32", []) }, 'it has no state "u"'],
    [{ w: zeros("f32", [3]) }, 'state "w" is frozen, but runs change it'],
    [{ v: zeros("f32", [1]) }, 'state "v" must be f32 [], got f32 [1]'],
  ] as const;
  for (const [frozen, problem] of kinds) {
    assert.throws(() => checkFrozen(PROGRAM, { ...frozen }), {
      name: "TypeError",
      message: `Cannot compile "p": ${problem}`,
    });
  }
});
