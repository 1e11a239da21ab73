import assert from "node:assert/strict";
import { NumpyRandom } from "../../../lib/metric/numpy_random.ts";

Deno.test("NumpyRandom draws what NumPy's RandomState(2020) draws", () => {
  const draws = new NumpyRandom(2020);
  assert.deepEqual([...draws.choice(10, 4)], [2, 4, 9, 1]);
  assert.deepEqual([...draws.choice(300, 5)], [60, 141, 295, 187, 202]);
  // Past the first 624 words.
  const order = draws.choice(1000, 1000);
  assert.deepEqual([...order.subarray(0, 5)], [620, 473, 274, 247, 626]);
  assert.equal(new Set(order).size, 1000);
});
