import assert from "node:assert/strict";
import type { Dataset } from "../../../../datasets/mod.ts";
import {
  flipsText,
  withFlips,
} from "../../../../lib/workflow/prepare/flips.ts";

const DATASET = {
  name: "letters",
  classes: [
    { name: "a", flips: true },
    { name: "b", flips: false },
    { name: "o", flips: true },
  ],
  licences: [],
  entries: [],
  load: () => {
    throw new Error("Nothing to load");
  },
} satisfies Dataset;

Deno.test("withFlips() mirrors the classes that are named, and others no more", () => {
  const flips = (text: string | undefined) =>
    withFlips(DATASET, text).classes.map(({ flips }) => flips);
  assert.deepEqual(flips(undefined), [true, false, true]);
  assert.deepEqual(flips("none"), [false, false, false]);
  assert.deepEqual(flips("all"), [true, true, true]);
  assert.deepEqual(flips("b, o"), [false, true, true]);
  assert.throws(
    () => flips("a,x"),
    /^UserError: Cannot mirror "x": expected all, none or names of a, b, o$/,
  );
});

Deno.test("flipsText() says which classes may be mirrored", () => {
  assert.equal(flipsText(DATASET), "a, o");
  assert.equal(flipsText(withFlips(DATASET, "none")), "no class");
  assert.equal(flipsText(withFlips(DATASET, "all")), "every class");
});
