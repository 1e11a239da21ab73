import assert from "node:assert/strict";
import {
  add,
  apply,
  constant,
  input,
  isOp,
  matmul,
  mul,
  scalar,
  scoped,
  sum,
} from "../../../lib/tensor/mod.ts";
import { f32 } from "../../cases/values.ts";

Deno.test("apply() returns the node that exists for equal applications", () => {
  const [x, y] = [input("x", [2, 2]), input("y", [2, 2])];
  assert.equal(add(x, y), add(x, y));
  assert.notEqual(add(x, y), add(y, x));
  assert.equal(sum(x, { axes: [-1] }), sum(x, { axes: [1] }));
  assert.notEqual(sum(x, { axes: [0] }), sum(x, { axes: [1] }));
  assert.notEqual(matmul(x, y), matmul(x, y, { transposeB: true }));
  assert.equal(mul(x, 0.5), mul(x, 0.5));
  assert.equal(mul(scalar(2), scalar(3)), mul(scalar(2), scalar(3)));
});

Deno.test("leaves are equal to none but themselves", () => {
  assert.notEqual(input("x", [2]), input("x", [2]));
  const value = f32([1], [3]);
  assert.notEqual(constant(value), constant(value));
});

Deno.test("scalar() returns one node a value and dtype, and tells -0 from 0", () => {
  assert.equal(scalar(0.25), scalar(0.25));
  assert.equal(scalar(NaN), scalar(NaN));
  assert.notEqual(scalar(0), scalar(-0));
  assert.notEqual(scalar(1), scalar(1, "i32"));
});

Deno.test("nodes have greater ids than their inputs", () => {
  const x = input("x", [2]);
  const y = add(x, mul(x, 3));
  for (const { id } of y.inputs) assert.ok(id < y.id);
});

Deno.test("scoped() names the nodes made inside, also after an error", () => {
  const x = input("x", [2]);
  const inner = scoped("a", () => scoped("b", () => add(x, 2)));
  assert.equal(inner.scope, "a.b");
  assert.throws(() =>
    scoped("c", () => {
      throw new RangeError("Stop");
    }), RangeError);
  assert.equal(add(x, 3).scope, "");
});

Deno.test("apply() names the op, the scope and the shapes that do not fit", () => {
  const x = scoped("layers.0", () => add(input("x", [2, 3]), 1));
  assert.throws(() => matmul(x, input("y", [4, 2])), {
    name: "TypeError",
    message: 'Cannot apply "matmul" to (f32 [2,3], f32 [4,2]): ' +
      "Expected equal inner sizes, got [2,3] and [4,2]",
  });
  assert.throws(() => matmul(input("y", [4, 5]), x), {
    message: /^Cannot apply "matmul" to .* near "layers.0": Expected/,
  });
});

Deno.test("isOp() narrows the type of a node", () => {
  const node = matmul(input("x", [2, 3]), input("y", [3, 2]));
  assert.ok(isOp(node, "matmul"));
  assert.equal(node.attributes.transposeA, false);
  assert.equal(isOp(node, "conv2d"), false);
});

Deno.test("apply() does not compile with the attributes of another op", () => {
  const x = input("x", [2, 3]);
  // @ts-expect-error: permute has an order, not axes
  assert.throws(() => apply("permute", [x], { axes: [1, 0] }));
  // @ts-expect-error: there is no such op
  assert.throws(() => apply("transpose", [x], {}));
});
