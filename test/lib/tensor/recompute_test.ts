import assert from "node:assert/strict";
import {
  grad,
  input,
  matmul,
  recomputable,
  recomputing,
  silu,
  sum,
  type Tensor,
  topologicalOrder,
} from "../../../lib/tensor/mod.ts";
import { compute } from "../sphere/_engines.ts";
import { Draw } from "../../cases/values.ts";

function network(x: Tensor, weights: readonly Tensor[]): Tensor {
  return weights.reduce(
    (h, w) => recomputable(h, (h) => silu(matmul(h, w))),
    x,
  );
}

const X = input("x", [3, 4]);
const WEIGHTS = [input("w0", [4, 4]), input("w1", [4, 4])];

function gradients(): Tensor[] {
  return grad(sum(network(X, WEIGHTS)), [X, ...WEIGHTS]);
}

Deno.test("recomputing() leaves gradients as they are", async () => {
  const draw = new Draw(1);
  const inputs = {
    x: draw.floats([3, 4]),
    w0: draw.floats([4, 4]),
    w1: draw.floats([4, 4]),
  };
  const results = await compute({
    inputs,
    build: ({ x, w0, w1 }) => {
      const leaves = [x!, w0!, w1!];
      const loss = () => sum(network(x!, [w0!, w1!]));
      const kept = grad(loss(), leaves);
      const again = grad(recomputing(loss), leaves);
      const named = (prefix: string, tensors: readonly Tensor[]) =>
        tensors.map((tensor, i) => [`${prefix}${i}`, tensor] as const);
      return Object.fromEntries([
        ...named("kept", kept),
        ...named("again", again),
      ]);
    },
  });
  for (let i = 0; i < 3; i++) {
    assert.deepEqual(results[`again${i}`], results[`kept${i}`]);
  }
});

Deno.test("recomputing() makes gradients read inputs of blocks only", () => {
  const kept = gradients();
  const again = recomputing(gradients);
  const products = (roots: readonly Tensor[]) =>
    topologicalOrder(roots).filter(({ op }) => op === "matmul").length;
  // The first block's product is computed for the second block, and again for
  // its gradient; the second block's result is not needed for gradients.
  assert.equal(products(again), products(kept) + 1);
});

Deno.test("recomputable() is nothing special outside of recomputing()", () => {
  const nodes = topologicalOrder([network(X, WEIGHTS)]);
  assert.ok(nodes.every(({ op }) => op !== "recomputed"));
});
