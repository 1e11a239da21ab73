import assert from "node:assert/strict";
import type { BatchRow } from "../../../lib/random/mod.ts";
import { randomViews, renderViews } from "../../../lib/train/mod.ts";

function pick({ draws }: BatchRow): number {
  return draws.integer(5);
}

const OPTIONS = { count: 6, shift: 2, mayFlip: () => true };

/** Channel 0 of every row of one view of a 2 x 2 picture of bytes 1 to 12. */
function rendered(
  { dx = 0, dy = 0, flip = false }: {
    dx?: number;
    dy?: number;
    flip?: boolean;
  },
): number[] {
  const data = Uint8Array.from({ length: 24 }, (_, i) => i);
  const views = [{ picture: 1, dx, dy, flip }];
  const { shape, data: floats } = renderViews({ size: 2, data }, views);
  assert.deepEqual(shape, [1, 3, 2, 2]);
  return [...floats].map((x) => Math.round((x + 1) * 127.5));
}

Deno.test("renderViews() puts channels first", () => {
  assert.deepEqual(rendered({}), [
    12,
    15,
    18,
    21,
    13,
    16,
    19,
    22,
    14,
    17,
    20,
    23,
  ]);
});

Deno.test("renderViews() shifts white in, then mirrors", () => {
  assert.deepEqual(rendered({ flip: true }).slice(0, 4), [15, 12, 21, 18]);
  assert.deepEqual(rendered({ dx: 1 }).slice(0, 4), [255, 12, 255, 18]);
  assert.deepEqual(rendered({ dy: -1 }).slice(0, 4), [18, 21, 255, 255]);
  const both = rendered({ dx: 1, flip: true });
  assert.deepEqual(both.slice(0, 4), [12, 255, 18, 255]);
});

Deno.test("renderViews() maps bytes to -1 to 1", () => {
  const data = Uint8Array.of(0, 51, 255);
  const view = { picture: 0, dx: 0, dy: 0, flip: false };
  const found = renderViews({ size: 1, data }, [view]);
  assert.deepEqual([...found.data], [-1, Math.fround(-0.6), 1]);
});

Deno.test("randomViews() depends on seed, step and row alone", () => {
  const views = randomViews(OPTIONS, { seed: 3, step: 9, pick });
  assert.equal(views.length, 6);
  const more = { ...OPTIONS, count: 8 };
  const again = randomViews(more, { seed: 3, step: 9, pick });
  assert.deepEqual(again.slice(0, 6), views);
  for (const other of [{ seed: 4, step: 9 }, { seed: 3, step: 10 }]) {
    assert.notDeepEqual(randomViews(OPTIONS, { ...other, pick }), views);
  }
});

Deno.test("randomViews() shifts by up to its limit and mirrors where it may", () => {
  const options = { ...OPTIONS, count: 400, mayFlip: (k: number) => k < 2 };
  const views = randomViews(options, { seed: 1, step: 0, pick });
  for (const axis of ["dx", "dy"] as const) {
    const shifts = new Set(views.map((view) => view[axis]));
    assert.deepEqual([...shifts].sort((a, b) => a - b), [-2, -1, 0, 1, 2]);
  }
  const flipped = new Set(
    views.filter(({ flip }) => flip).map(({ picture }) => picture),
  );
  assert.deepEqual([...flipped].sort(), [0, 1]);
});
