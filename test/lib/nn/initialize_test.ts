import assert from "node:assert/strict";
import {
  biasInit,
  constantInit,
  fanInInit,
  initialize,
  type Initializer,
  normalInit,
  shapesOf,
  xavierInit,
} from "../../../lib/nn/mod.ts";
import { RandomStream } from "../../../lib/random/mod.ts";
import type { Shape } from "../../../lib/tensor/mod.ts";

interface Moments {
  readonly mean: number;
  readonly deviation: number;
  readonly largest: number;
}

function momentsOf(initializer: Initializer, shape: Shape): Moments {
  const draws = new RandomStream({ seed: 3, stream: "weights" });
  const { data } = initializer(shape, draws);
  const values = [...data];
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const square = values.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  return {
    mean,
    deviation: Math.sqrt(square / values.length),
    largest: values.reduce((most, x) => Math.max(most, Math.abs(x)), 0),
  };
}

/** Requires a mean of 0 and a deviation, as far as 12,000 draws can show. */
function assertCentred({ mean, deviation }: Moments, expected: number): void {
  if (!(Math.abs(mean) <= 0.04 * expected)) assert.fail(`mean ${mean}`);
  if (!(Math.abs(deviation / expected - 1) <= 0.03)) {
    assert.fail(`deviation ${deviation}, expected ${expected}`);
  }
}

/** Requires uniform numbers that fill (-bound, bound). */
function assertUniform(moments: Moments, bound: number): void {
  assertCentred(moments, bound / Math.sqrt(3));
  const { largest } = moments;
  if (!(largest <= bound && largest >= 0.999 * bound)) {
    assert.fail(`largest ${largest}, expected just below ${bound}`);
  }
}

Deno.test("normalInit() has the deviation asked for", () => {
  assertCentred(momentsOf(normalInit(0.02), [120, 100]), 0.02);
});

Deno.test("fanInInit() is uniform within the root of the weights of a unit", () => {
  assertUniform(momentsOf(fanInInit, [200, 60]), 60 ** -0.5);
  assertUniform(momentsOf(fanInInit, [100, 30, 2, 2]), 120 ** -0.5);
});

Deno.test("biasInit() takes its bound from the layer's inputs", () => {
  assertUniform(momentsOf(biasInit(16), [12_000]), 0.25);
});

Deno.test("xavierInit() is uniform within sqrt(6 / (in + out))", () => {
  assertUniform(momentsOf(xavierInit, [100, 120]), Math.sqrt(6 / 220));
});

Deno.test("constantInit() is one value everywhere", () => {
  const { mean, deviation } = momentsOf(constantInit(1), [3, 5]);
  assert.equal(mean, 1);
  assert.equal(deviation, 0);
});

Deno.test("initialize() starts each parameter as its spec says", () => {
  const specs = {
    "norm.weight": { shape: [2], start: constantInit(1) },
    "a.weight": { shape: [2, 2], start: constantInit(2) },
    "a.bias": { shape: [1], start: constantInit(4) },
  };
  const values = initialize(
    specs,
    (name) => new RandomStream({ seed: 1, stream: name }),
  );
  assert.deepEqual(Object.keys(values), Object.keys(specs));
  assert.deepEqual([...values["norm.weight"]!.data], [1, 1]);
  assert.deepEqual([...values["a.weight"]!.data], [2, 2, 2, 2]);
  assert.deepEqual([...values["a.bias"]!.data], [4]);
  assert.deepEqual(values["a.weight"]!.shape, [2, 2]);
});

Deno.test("initialize() gives each parameter draws of its own", () => {
  const start = (...names: string[]) =>
    initialize(
      Object.fromEntries(
        names.map((name) => [name, { shape: [4], start: normalInit(1) }]),
      ),
      (name) => new RandomStream({ seed: 1, stream: name }),
    );
  const both = start("a", "b");
  assert.notDeepEqual(both.a!.data, both.b!.data);
  // A new parameter before it moves nothing.
  assert.deepEqual(start("b").b!.data, both.b!.data);
});

Deno.test("shapesOf() drops how parameters start", () => {
  const specs = { a: { shape: [2, 3], start: constantInit(0) } };
  assert.deepEqual(shapesOf(specs), { a: [2, 3] });
});
