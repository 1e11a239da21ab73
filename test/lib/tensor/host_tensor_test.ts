import assert from "node:assert/strict";
import {
  arrayView,
  type DType,
  ELEMENT_BYTES,
  hostTensor,
  sizeOf,
  zeros,
} from "../../../lib/tensor/mod.ts";

Deno.test("sizeOf() is 1 for a scalar and 0 with a size of 0", () => {
  assert.equal(sizeOf([]), 1);
  assert.equal(sizeOf([3, 0]), 0);
  assert.equal(sizeOf([3, 2]), 6);
});

Deno.test("hostTensor() refuses an array of another length", () => {
  assert.throws(() => hostTensor("f32", [2, 2], new Float32Array(3)), {
    name: "TypeError",
    message: "Cannot make a f32 tensor of shape [2,2]: " +
      "expected 4 elements, got 3",
  });
});

Deno.test("zeros() and arrayView() have the element size of the dtype", () => {
  for (const dtype of Object.keys(ELEMENT_BYTES) as DType[]) {
    const { data } = zeros(dtype, [2, 3]);
    assert.equal(data.length, 6);
    assert.equal(data.BYTES_PER_ELEMENT, ELEMENT_BYTES[dtype]);
    assert.ok(data.every((value) => value === 0));
  }
  const bytes = new Uint8Array([0, 0, 0, 0, 0, 0, 128, 63]).buffer;
  const view = arrayView("f32", bytes, { byteOffset: 4, length: 1 });
  assert.deepEqual([...view], [1]);
});
