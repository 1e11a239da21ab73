import assert from "node:assert/strict";
import { firstPictureTable } from "../../bench/browser/first_picture.ts";

Deno.test("firstPictureTable() adds the parts of each round up, and frames over rounds", () => {
  const spent = (...seconds: number[]) => ({
    seconds,
    processorSeconds: seconds.map((each) => 2 * each),
    frames: seconds.map((each) => ({
      count: 60 * each,
      longestMs: 10 * each,
      late: 1,
    })),
  });
  const text = firstPictureTable({
    wish: "count=1",
    parts: {
      page: spent(1, 2, 3),
      "model and GPU": spent(1, 1, 1),
      kernels: spent(9, 5, 7),
      pictures: spent(4, 4, 4),
    },
  });
  assert.match(text, /kernels +5\.0 +7\.0 +10\.0 +14\.0 +1260 +3 +90/);
  assert.match(text, /all +12\.0 +15\.0 +24\.0 +30\.0/);
});
