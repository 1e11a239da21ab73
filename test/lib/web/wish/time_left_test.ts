import assert from "node:assert/strict";
import { secondsText, TimeLeft } from "../../../../lib/web/wish/time_left.ts";

Deno.test("TimeLeft goes on as fast as before", () => {
  let now = 1000;
  const left = new TimeLeft(() => now);
  assert.equal(left.seconds(0, 100), undefined);
  now += 2000;
  assert.equal(left.seconds(2, 100), undefined);
  assert.equal(left.seconds(20, 100), 8);
  now += 8000;
  assert.equal(left.seconds(100, 100), 0);
});

Deno.test("secondsText() speaks of minutes from one on", () => {
  assert.equal(secondsText(0.4), "a moment");
  assert.equal(secondsText(59.4), "59 s");
  assert.equal(secondsText(59.6), "1 min 0 s");
  assert.equal(secondsText(125), "2 min 5 s");
});
