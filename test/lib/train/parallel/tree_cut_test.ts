import assert from "node:assert/strict";
import { cutTree } from "../../../../lib/train/parallel/tree_cut.ts";

/** Parts, ranks, what an engine can do side by side; lanes and rounds. */
const CUTS: readonly (readonly number[])[] = [
  [8, 1, 1, 1, 8],
  [8, 2, 1, 1, 4],
  // No lane without a part.
  [8, 4, 16, 2, 1],
  [8, 8, 16, 1, 1],
  // Three lanes have no equal shares of eight parts.
  [8, 1, 3, 2, 4],
  [16, 2, 7, 4, 2],
  [1, 1, 1, 1, 1],
];

for (const [parts, ranks, most, lanes, rounds] of CUTS) {
  Deno.test(`cutTree() gives ${ranks} ranks of up to ${most} lanes ${parts} parts`, () => {
    const cut = cutTree({ parts: parts!, ranks: ranks!, lanes: most! });
    assert.deepEqual(cut, { parts, ranks, lanes, rounds });
    assert.equal(cut.ranks * cut.lanes * cut.rounds, parts);
  });
}
