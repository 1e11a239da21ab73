import assert from "node:assert/strict";
import { rotaryAngles } from "../../../lib/nn/mod.ts";
import { hostTensor } from "../../../lib/tensor/mod.ts";
import { assertClose } from "../../tensors.ts";
import { evaluate } from "../model/_models.ts";

/** Places of three leading tokens and a 2 x 2 grid: centres + 1, x then y. */
const PLACES = [
  [0, 0],
  [0, 0],
  [0, 0],
  [1.5, 1.5],
  [2.5, 1.5],
  [1.5, 2.5],
  [2.5, 2.5],
] as const;

Deno.test("rotaryAngles() turns half a head by x and half by y", async () => {
  const { cosine, sine } = rotaryAngles({ grid: 2, leading: 3, headWidth: 8 });
  // Two frequencies an axis: 10000^0 and 10000^(-1/2).
  const angles = PLACES.flatMap(([x, y]) => [x, x / 100, y, y / 100]);
  const expected = (f: (angle: number) => number) =>
    hostTensor("f32", [7, 4], Float32Array.from(angles, f));
  const found = await evaluate({ cosine, sine });
  const options = { tolerance: 1e-6 };
  assertClose(found.cosine, expected(Math.cos), { what: "cosine", ...options });
  assertClose(found.sine, expected(Math.sin), { what: "sine", ...options });
});

Deno.test("rotaryAngles() does not depend on what leads", async () => {
  const options = { grid: 3, headWidth: 16 };
  const found = await evaluate({
    bare: rotaryAngles({ leading: 0, ...options }).sine,
    led: rotaryAngles({ leading: 5, ...options }).sine,
  });
  assert.deepEqual(found.bare.shape, [9, 8]);
  assert.deepEqual(found.led.shape, [14, 8]);
  const tail = hostTensor("f64", [9, 8], found.led.data.slice(40) as never);
  assertClose(found.bare, tail, { what: "patches", tolerance: 0 });
});
