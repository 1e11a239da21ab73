import assert from "node:assert/strict";
import { leakyRelu, relu } from "../../../lib/nn/mod.ts";
import { grad, mul, sum } from "../../../lib/tensor/mod.ts";
import { compute, testEngines, vector } from "../sphere/_engines.ts";

const X = [-2, -0.5, 0, 0.5, 2];
const COTANGENT = [3, 5, 7, 11, 13];

testEngines("relu() passes nothing on at zero and below", async (engine) => {
  const found = await compute({
    inputs: { x: vector(X), dy: vector(COTANGENT) },
    build: ({ x, dy }) => {
      const y = relu(x!);
      return { y, dx: grad(sum(mul(y, dy!)), [x!])[0]! };
    },
  }, engine);
  assert.deepEqual(found, { y: [0, 0, 0, 0.5, 2], dx: [0, 0, 0, 11, 13] });
});

testEngines("leakyRelu() has its slope at zero and below", async (engine) => {
  const found = await compute({
    inputs: { x: vector(X), dy: vector(COTANGENT) },
    build: ({ x, dy }) => {
      const y = leakyRelu(x!, 0.25);
      return { y, dx: grad(sum(mul(y, dy!)), [x!])[0]! };
    },
  }, engine);
  assert.deepEqual(found, {
    y: [-0.5, -0.125, 0, 0.5, 2],
    dx: [0.75, 1.25, 1.75, 11, 13],
  });
});
