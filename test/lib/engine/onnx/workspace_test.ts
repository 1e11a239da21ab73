import assert from "node:assert/strict";
import { workspaceBytes } from "../../../../lib/engine/onnx/workspace.ts";
import type { OnnxNode } from "../../../../lib/engine/onnx/model.ts";

function node(inputs: string[], outputs: string[]): OnnxNode {
  const [name, op, domain] = [outputs.join(), "Op", ""];
  return { name, op, domain, inputs, outputs, attributes: {} };
}

Deno.test("workspaceBytes() is 0 without operators", () => {
  assert.equal(workspaceBytes([], new Map()), 0);
});

Deno.test("workspaceBytes() counts what is alive together", () => {
  const nodes = [
    node(["x"], ["a"]),
    node(["a"], ["b", "unused"]),
    node(["a", "b"], ["c"]),
    node(["c"], ["d"]),
    node(["d"], ["y"]),
  ];
  const sizes = new Map(
    Object.entries({ a: 4, b: 8, unused: 100, c: 16, d: 64 }),
  );
  assert.equal(workspaceBytes(nodes, sizes), 4 + 8 + 100);
  sizes.set("unused", 1);
  assert.equal(workspaceBytes(nodes, sizes), 16 + 64);
});

Deno.test("workspaceBytes() leaves out values of no size of their own", () => {
  const nodes = [node(["x", ""], ["y"]), node(["y", "y"], ["z"])];
  assert.equal(workspaceBytes(nodes, new Map([["y", 5]])), 5);
});
