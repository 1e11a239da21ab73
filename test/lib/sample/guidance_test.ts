import assert from "node:assert/strict";
import { guidanceScale } from "../../../lib/sample/mod.ts";
import { coupleDraws, guide } from "../../../lib/sample/guidance.ts";
import { constantArray, scalar } from "../../../lib/tensor/mod.ts";
import { evaluate } from "../model/_models.ts";

/** Two conditional rows, then two unconditional ones. */
const ROWS = constantArray([4, 1], [1, 2, 10, 20]);

Deno.test("guidanceScale() grows in a line over the tokens", () => {
  const linear = { cfg: 5, schedule: "linear" } as const;
  const scales = [0, 1, 2, 3].map((k) => guidanceScale(linear, k, 4));
  assert.deepEqual(scales, [1, 2, 3, 4]);
});

Deno.test("guidanceScale() is constant where asked", () => {
  const constant = { cfg: 5, schedule: "constant" } as const;
  assert.deepEqual([0, 3].map((k) => guidanceScale(constant, k, 4)), [5, 5]);
});

Deno.test("guidanceScale() is 1 without guidance", () => {
  for (const schedule of ["linear", "constant"] as const) {
    for (const cfg of [1, 0.5, 0]) {
      assert.equal(guidanceScale({ cfg, schedule }, 3, 4), 1);
    }
  }
});

Deno.test("guide() moves both halves from unconditional past conditional", async () => {
  const { v } = await evaluate({ v: guide(ROWS, scalar(3)) });
  assert.deepEqual([...v.data], [10 - 27, 20 - 54, 10 - 27, 20 - 54]);
});

Deno.test("guide() lets the halves go their own ways at scale 1", async () => {
  const { v } = await evaluate({ v: guide(ROWS, scalar(1)) });
  assert.deepEqual([...v.data], [1, 2, 10, 20]);
});

Deno.test("coupleDraws() gives both halves one draw under guidance", async () => {
  const found = await evaluate({
    coupled: coupleDraws(ROWS, scalar(1.5)),
    free: coupleDraws(ROWS, scalar(1)),
  });
  assert.deepEqual([...found.coupled.data], [1, 2, 1, 2]);
  assert.deepEqual([...found.free.data], [1, 2, 10, 20]);
});
