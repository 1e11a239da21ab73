import assert from "node:assert/strict";
import { PreviewPace } from "../../../lib/sample/mod.ts";

Deno.test("PreviewPace takes the share of the time that it is given", async () => {
  let now = 0;
  const pace = new PreviewPace(() => now, { share: 0.5 });
  await pace.show(() => {
    now += 300;
    return Promise.resolve();
  });
  now += 599;
  assert.equal(pace.isDue, false);
  now += 1;
  assert.equal(pace.isDue, true);
});

Deno.test("PreviewPace waits longer after a preview that took long", async () => {
  let now = 0;
  const pace = new PreviewPace(() => now);
  assert.equal(pace.isDue, false);
  now += 150;
  assert.equal(pace.isDue, true);
  await pace.show(() => {
    now += 300;
    return Promise.resolve();
  });
  now += 1999;
  assert.equal(pace.isDue, false);
  now += 1;
  assert.equal(pace.isDue, true);
});
