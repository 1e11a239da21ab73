import assert from "node:assert/strict";
import { hostTensor } from "../../../../lib/tensor/mod.ts";
import { equalRows } from "../../../../lib/workflow/measure/equal_rows.ts";

Deno.test("equalRows() counts rows that are copies, to the last bit", () => {
  const data = Float32Array.of(1, 2, 1, 3, 1, 2, 1, 2, 1, 2.0000002);
  const rows = hostTensor("f32", [5, 2], data);
  assert.deepEqual(equalRows(rows), { count: 2, first: [0, 2] });
  // A view whose bytes begin inside of its buffer.
  const part = hostTensor("f32", [2, 2], data.subarray(2, 6));
  assert.deepEqual(equalRows(part), { count: 0 });
});
