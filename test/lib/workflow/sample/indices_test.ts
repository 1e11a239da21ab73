import assert from "node:assert/strict";
import { UserError } from "../../../../lib/artifact/mod.ts";
import { chosenIndices } from "../../../../lib/workflow/sample/indices.ts";

Deno.test("chosenIndices() reads numbers and ranges in their order", () => {
  assert.equal(chosenIndices({ count: 3 }), undefined);
  const some = chosenIndices({ seeds: "7,0-3, 4294967295" });
  assert.deepEqual([...some!], [7, 0, 1, 2, 3, 4294967295]);
  assert.equal(chosenIndices({ seeds: "0-63", count: 64 })!.length, 64);
});

const REFUSED = {
  "3,x": /expected whole numbers and ranges/,
  "": /expected whole numbers/,
  "1.5": /expected whole numbers/,
  "9-3": /ranges that run up/,
  "4294967296": /from 0 to 4294967295/,
  "0-20000000": /ranges/,
  "1-4,3": /3 stands there twice/,
} as const;

for (const [seeds, message] of Object.entries(REFUSED)) {
  Deno.test(`chosenIndices() refuses "${seeds}"`, () => {
    assert.throws(
      () => chosenIndices({ seeds }),
      (error) => error instanceof UserError && message.test(error.message),
    );
  });
}

Deno.test("chosenIndices() refuses a count that is not theirs", () => {
  assert.throws(
    () => chosenIndices({ seeds: "0-63", count: 10 }),
    /--count 10 images of 64 --seeds/,
  );
});
