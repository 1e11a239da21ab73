import assert from "node:assert/strict";
import { CENTRE, type Crop, WHITE } from "../../../../lib/image/mod.ts";
import { hostTensor } from "../../../../lib/tensor/mod.ts";
import { renderViews } from "../../../../lib/workflow/sets/mod.ts";

/** Channel 0, then 1 and 2, of a view of a 2 x 2 picture of bytes 12 to 23. */
function rendered(crop: Crop, flip = false): number[] {
  const data = Uint8Array.from({ length: 24 }, (_, i) => i);
  const views = [{ picture: 1, crop, flip }];
  const pictures = { size: 2, background: WHITE, data };
  const { shape, data: floats } = renderViews(pictures, views);
  assert.deepEqual(shape, [1, 3, 2, 2]);
  return [...floats].map((x) => Math.round((x + 1) * 127.5));
}

function shift(dx: number, dy: number): Crop {
  return { by: "shift", dx, dy };
}

Deno.test("renderViews() puts channels first", () => {
  assert.deepEqual(rendered(CENTRE), [
    ...[12, 15, 18, 21],
    ...[13, 16, 19, 22],
    ...[14, 17, 20, 23],
  ]);
});

Deno.test("renderViews() cuts first, then mirrors", () => {
  assert.deepEqual(rendered(CENTRE, true).slice(0, 4), [15, 12, 21, 18]);
  assert.deepEqual(rendered(shift(1, 0)).slice(0, 4), [255, 12, 255, 18]);
  const both = rendered(shift(1, 0), true);
  assert.deepEqual(both.slice(0, 4), [12, 255, 18, 255]);
});

Deno.test("renderViews() maps bytes to -1 to 1", () => {
  const data = Uint8Array.of(0, 51, 255);
  const view = { picture: 0, crop: CENTRE, flip: false };
  const found = renderViews({ size: 1, background: WHITE, data }, [view]);
  assert.deepEqual([...found.data], [-1, Math.fround(-0.6), 1]);
});

Deno.test("renderViews() takes memory that is given where it fits, and leaves nothing in it", () => {
  const data = Uint8Array.from({ length: 24 }, (_, i) => i);
  const pictures = { size: 2, background: WHITE, data };
  const views = [{ picture: 1, crop: shift(1, 1), flip: true }];
  const expected = renderViews(pictures, views);
  const used = hostTensor("f32", [1, 3, 2, 2], new Float32Array(12).fill(9));
  assert.equal(renderViews(pictures, views, { used }), used);
  assert.deepEqual(used, expected);
  const two = [...views, ...views];
  assert.notEqual(renderViews(pictures, two, { used }), used);
});
