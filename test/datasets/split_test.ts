import assert from "node:assert/strict";
import fc from "fast-check";
import { heldOutKeys } from "../../datasets/split.ts";

Deno.test("heldOutKeys() rounds the share and ignores order", () => {
  fc.assert(fc.property(
    fc.uniqueArray(fc.string()),
    fc.constantFrom(0, 0.1, 0.5, 1),
    (keys, share) => {
      const held = heldOutKeys(keys, share);
      assert.ok(Math.abs(held.size - keys.length * share) <= 0.5);
      assert.deepEqual(
        [...heldOutKeys(keys.toReversed(), share)],
        [...held],
      );
    },
  ));
  assert.equal(heldOutKeys(["a", "b", "c", "d", "e"], 0.5).size, 2);
});
