import assert from "node:assert/strict";
import fc from "fast-check";
import { createReferenceEngine } from "../../../lib/engine/reference/mod.ts";
import {
  add,
  attention,
  expandComposites,
  expandNode,
  hasTrait,
  input,
  isComposite,
  mul,
  rmsNorm,
  scoped,
  silu,
  softmax,
  type Tensor,
  topologicalOrder,
  verifyGraph,
  vjp,
} from "../../../lib/tensor/mod.ts";
import { SEED } from "../../cases/check.ts";
import {
  graphResults,
  graphSeeds,
  randomGraph,
} from "../../cases/random_graph.ts";
import { assertClose } from "../../tensors.ts";

const reference = createReferenceEngine();

Deno.test("topologicalOrder() has every node once, inputs first", () => {
  const x = input("x", [2]);
  const y = mul(add(x, 1), x);
  const unrelated = add(x, 5);
  const order = topologicalOrder([y, y.inputs[0]!]);
  assert.equal(new Set(order).size, order.length);
  assert.ok(!order.includes(unrelated));
  const place = new Map(order.map((node, i) => [node, i]));
  for (const node of order) {
    for (const operand of node.inputs) {
      assert.ok(place.get(operand)! < place.get(node)!);
    }
  }
});

Deno.test("verifyGraph() finds a node that breaks its rule", () => {
  const x = input("x", [2, 3]);
  const good = add(x, 1);
  verifyGraph([good]);
  const wrongShape = { ...good, shape: [3, 2] } as Tensor;
  assert.throws(() => verifyGraph([wrongShape]), {
    message: `internal: node ${good.id} (add) is f32 [3,2], ` +
      "its rule says f32 [2,3]",
  });
  const wrongType = { ...good, dtype: "i32" } as Tensor;
  assert.throws(() => verifyGraph([wrongType]), /internal: .* is i32/);
  const late = { ...good, id: x.id } as Tensor;
  assert.throws(() => verifyGraph([late]), /is older than its input/);
});

Deno.test("expandComposites() leaves composites that are kept", () => {
  const x = input("x", [2, 4]);
  const y = softmax(silu(x));
  const [kept] = expandComposites([y], () => true);
  assert.equal(kept, y);
  const [half] = expandComposites([y], ({ op }) => op === "softmax");
  const ops = topologicalOrder([half!]).map((node) => node.op);
  assert.ok(ops.includes("softmax") && !ops.includes("silu"));
});

Deno.test("expandComposites() shares what outputs share, in their order", () => {
  const x = input("x", [2, 4]);
  const shared = silu(x);
  const [a, b, c] = expandComposites(
    [add(shared, 1), shared, x],
    () => false,
  );
  assert.equal(a!.inputs[0], b);
  assert.equal(c, x);
});

Deno.test("expandNode() keeps the shape of composites of size 0", () => {
  const q = input("q", [0, 2, 3, 4]);
  const node = attention([q, q, q], { causal: true, scale: 1 });
  assert.ok(isComposite(node));
  assert.deepEqual([...expandNode(node).shape], [0, 2, 3, 4]);
});

Deno.test("expandComposites() takes time in proportion to the graph", () => {
  let y: Tensor = input("x", [2, 4]);
  // Seconds; many minutes where each expansion walks the whole graph.
  for (let i = 0; i < 20_000; i++) y = silu(add(y, i));
  const [expanded] = expandComposites([y], () => false);
  assert.equal(topologicalOrder([expanded!]).filter(isComposite).length, 0);
});

Deno.test("scopes of composites do not change what they mean", () => {
  const [x, w] = [input("x", [2, 4]), input("w", [4])];
  const y = scoped("block", () => rmsNorm(x, w, 1e-6));
  assert.equal(y, rmsNorm(x, w, 1e-6));
  assert.equal(y.scope, "block");
  const [expanded] = expandComposites([y], () => false);
  assert.equal(expanded!.scope, "block");
  const [dx] = vjp(y, [x], input("dy", [2, 4]));
  assert.equal(dx!.scope, "block");
});

Deno.test("passes keep the meaning of random graphs", async () => {
  const property = fc.asyncProperty(
    graphSeeds,
    fc.func(fc.boolean()),
    async (seed, choose) => {
      const graph = randomGraph(seed);
      verifyGraph(graph.outputs);
      const keep = ({ op }: Tensor) => choose(op);
      const outputs = expandComposites(graph.outputs, keep);
      verifyGraph(outputs);
      for (const node of topologicalOrder(outputs)) {
        assert.ok(!isComposite(node) || choose(node.op), node.op);
        assert.equal(isComposite(node), hasTrait(node, "composite"));
      }
      const again = expandComposites(outputs, keep);
      assert.ok(again.every((node, i) => node === outputs[i]));
      const before = await graphResults(reference, graph);
      const after = await graphResults(reference, { ...graph, outputs });
      before.forEach((expected, i) =>
        assertClose(after[i]!, expected, {
          what: `output ${i}`,
          tolerance: 1e-12,
        })
      );
    },
  );
  await fc.assert(property, { seed: SEED, numRuns: 300 });
});
