import assert from "node:assert/strict";
import {
  CENTRE,
  decayedShare,
  randomViews,
  type View,
} from "../../../lib/image/mod.ts";
import { type BatchRow, RandomStream } from "../../../lib/random/mod.ts";

function pick({ draws }: BatchRow): number {
  return draws.integer(5);
}

const OPTIONS = {
  count: 6,
  size: 8,
  augmentation: { augmentation: "shift", shift: 2 },
  mayFlip: () => true,
} as const;

/** The shift of a view. */
function shiftOf({ crop }: View): { dx: number; dy: number } {
  assert.ok(crop.by === "shift");
  return crop;
}

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

Deno.test("randomViews() draws picture, crop and flip of a row in this order", () => {
  const [view] = randomViews(OPTIONS, { seed: 3, step: 9, pick });
  const draws = new RandomStream({ seed: 3, stream: "views", step: 9 });
  const picture = draws.integer(5);
  const [dx, dy] = [draws.integer(5) - 2, draws.integer(5) - 2];
  const flip = draws.integer(2) === 1;
  assert.deepEqual(view, { picture, crop: { by: "shift", dx, dy }, flip });
});

Deno.test("randomViews() shifts by up to its limit and mirrors where it may", () => {
  const options = { ...OPTIONS, count: 400, mayFlip: (k: number) => k < 2 };
  const views = randomViews(options, { seed: 1, step: 0, pick });
  for (const axis of ["dx", "dy"] as const) {
    const shifts = new Set(views.map((view) => shiftOf(view)[axis]));
    assert.deepEqual([...shifts].sort((a, b) => a - b), [-2, -1, 0, 1, 2]);
  }
  const flipped = new Set(
    views.filter(({ flip }) => flip).map(({ picture }) => picture),
  );
  assert.deepEqual([...flipped].sort(), [0, 1]);
});

Deno.test("randomViews() augments the share of a row, the others are centre crops", () => {
  const options = {
    ...OPTIONS,
    count: 2_000,
    share: (row: number) => [0, 1, 0.3][row % 3]!,
  };
  const views = randomViews(options, { seed: 1, step: 0, pick });
  const counts = [0, 0, 0];
  views.forEach(({ crop }, row) => {
    if (crop.by === "shift") counts[row % 3]!++;
    else assert.equal(crop, CENTRE);
  });
  assert.deepEqual(counts.slice(0, 2), [0, 667]);
  // 200 of 666; five standard deviations are 59.
  assert.ok(Math.abs(counts[2]! - 200) < 59, `${counts[2]}`);
});

Deno.test("decayedShare() falls as the release's from one epoch to another", () => {
  const decay = { augmentUntil: 350, augmentEnd: 375 };
  const found = [0, 349, 350, 351, 374, 375, 399]
    .map((epoch) => decayedShare(decay, epoch));
  // 1 - (epoch - 350) / 25.
  const expected = [1, 1, 1, 0.96, 1 - 24 / 25, 0, 0];
  assert.deepEqual(found, expected);
  assert.equal(decayedShare({}, 1e9), 1);
  assert.equal(decayedShare({ augmentUntil: 3, augmentEnd: 3 }, 3), 0);
});
