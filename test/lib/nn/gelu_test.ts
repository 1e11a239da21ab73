import assert from "node:assert/strict";
import { gelu } from "../../../lib/nn/mod.ts";
import { compute, testEngines, vector } from "../sphere/_engines.ts";

testEngines("gelu() is x times the normal share below it", async (engine) => {
  const { y } = await compute({
    inputs: { x: vector([0, 1, -1, 2, -3, 9]) },
    build: ({ x }) => ({ y: gelu(x!) }),
  }, engine);
  // Shares of the normal distribution below 1, 2 and 3, from tables.
  const expected = [
    0,
    0.8413447460685429,
    -(1 - 0.8413447460685429),
    2 * 0.9772498680518208,
    -3 * (1 - 0.9986501019683699),
    9,
  ];
  expected.forEach((value, i) =>
    assert.ok(Math.abs(y![i]! - value) <= 1e-5, `${y![i]} ${value}`)
  );
});
