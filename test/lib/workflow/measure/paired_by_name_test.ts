import assert from "node:assert/strict";
import { hostTensor } from "../../../../lib/tensor/mod.ts";
import {
  pairedByName,
  type PairImages,
} from "../../../../lib/workflow/measure/paired_by_name.ts";

/** Images of one pixel that say their place, called as said. */
function images(ids?: readonly string[]): PairImages {
  const read = (rows: readonly number[]) =>
    Promise.resolve(
      hostTensor(
        "u8",
        [rows.length, 1, 1, 3],
        Uint8Array.from(rows.flatMap((row) => [row, row, row])),
      ),
    );
  return {
    name: "set",
    count: 3,
    height: 1,
    width: 1,
    read: ({ start, count }) =>
      read(Array.from({ length: count }, (_, i) => start + i)),
    ...ids && { named: { id: (row) => ids[row]!, read } },
  };
}

/** The places of the originals of three images. */
async function order(from: PairImages, originals: PairImages) {
  const { data } = await pairedByName(from, originals)
    .read({ start: 0, count: 3 });
  return [data[0], data[3], data[6]];
}

Deno.test("pairedByName() finds originals by names without their extensions", async () => {
  const copies = images(["b/x.png", "a.png", "a.b.png"]);
  const originals = images(["a.JPEG", "a.b.JPEG", "b/x.JPEG"]);
  assert.deepEqual(await order(copies, originals), [2, 0, 1]);
});

Deno.test("pairedByName() leaves the order where a side has no names", async () => {
  const named = images(["c.png", "b.png", "a.png"]);
  assert.deepEqual(await order(images(), named), [0, 1, 2]);
  assert.deepEqual(await order(named, images()), [0, 1, 2]);
});

Deno.test("pairedByName() refuses names without one original", () => {
  const originals = images(["a.png", "b.png", "c.png"]);
  assert.throws(
    () => pairedByName(images(["a.png", "b.png", "d.png"]), originals),
    /no picture of the reference is called as "d" is/,
  );
  assert.throws(
    () => pairedByName(images(["a.png", "a.jpg", "b.png"]), originals),
    /several are called "a"/,
  );
  assert.throws(
    () => pairedByName(originals, images(["a.png", "b.png", "b.jpg"])),
    /several are called "b"/,
  );
});
