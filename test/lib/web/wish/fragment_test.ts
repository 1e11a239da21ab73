import assert from "node:assert/strict";
import { fragmentOf, wishIn } from "../../../../lib/web/wish/fragment.ts";
import { firstWish, type Wish } from "../../../../lib/web/wish/wish.ts";
import { MODEL } from "./_model.ts";

const USUAL = firstWish(MODEL.defaults);

const RARE: Wish = {
  labels: [2, 4, 1],
  seed: 99,
  first: 3,
  count: 1,
  choice: {
    solver: "euler-maruyama",
    steps: "50:5",
    cfg: 4.25,
    cfgSchedule: "linear",
  },
};

Deno.test("fragmentOf() leaves out what is usual", () => {
  assert.equal(fragmentOf(USUAL, MODEL), "");
  const text = fragmentOf({ ...USUAL, seed: 3, labels: [0] }, MODEL);
  assert.equal(text, "classes=cat&seed=3");
});

Deno.test("wishIn() reads what fragmentOf() writes", () => {
  for (const wish of [USUAL, RARE]) {
    assert.deepEqual(wishIn(`#${fragmentOf(wish, MODEL)}`, MODEL), wish);
  }
});

Deno.test("wishIn() takes nothing that no wish may hold", () => {
  const bad = "#classes=cat,dog,99,cat&seed=-1&first=1e9&count=65&cfg=NaN" +
    "&schedule=round&solver=heun&steps=0";
  assert.deepEqual(wishIn(bad, MODEL), { ...USUAL, labels: [0] });
  assert.deepEqual(wishIn("#seed=", MODEL), USUAL);
});
