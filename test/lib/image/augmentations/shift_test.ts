import assert from "node:assert/strict";
import { cropsAround, cutCrop, picture } from "../../../../lib/image/mod.ts";

/** Red values of a 2 x 2 picture of reds 1 to 4, moved over blue-green. */
function moved(dx: number, dy: number): number[] {
  const reds = [1, 2, 3, 4];
  const source = picture(
    Uint8Array.from(reds.flatMap((red) => [red, 50, 60])),
    { width: 2, height: 2 },
  );
  const canvas = { size: 2, background: [9, 7, 8] } as const;
  const { data } = cutCrop(source, { by: "shift", dx, dy }, canvas);
  const pixels = Array.from(
    { length: 4 },
    (_, i) => data.slice(i * 3, i * 3 + 3),
  );
  for (const [red, green, blue] of pixels) {
    assert.deepEqual([green, blue], red === 9 ? [7, 8] : [50, 60]);
  }
  return pixels.map(([red]) => red!);
}

Deno.test("shift moves a picture over its background", () => {
  assert.deepEqual(moved(0, 0), [1, 2, 3, 4]);
  assert.deepEqual(moved(1, 0), [9, 1, 9, 3]);
  assert.deepEqual(moved(-1, 0), [2, 9, 4, 9]);
  assert.deepEqual(moved(0, 1), [9, 9, 1, 2]);
  assert.deepEqual(moved(0, -1), [3, 4, 9, 9]);
  assert.deepEqual(moved(1, -1), [9, 3, 9, 9]);
});

Deno.test("shift by the picture's size and more leaves the background", () => {
  for (const [dx, dy] of [[2, 0], [0, -2], [-5, 1], [3, 3]]) {
    assert.deepEqual(moved(dx!, dy!), [9, 9, 9, 9]);
  }
});

Deno.test("shift shows its four largest moves around a picture", () => {
  assert.deepEqual(cropsAround({ augmentation: "shift", shift: 3 }), [
    { by: "shift", dx: 3, dy: 0 },
    { by: "shift", dx: -3, dy: 0 },
    { by: "shift", dx: 0, dy: 3 },
    { by: "shift", dx: 0, dy: -3 },
  ]);
  assert.deepEqual(cropsAround({ augmentation: "shift", shift: 0 }), []);
});
