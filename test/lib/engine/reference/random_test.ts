import assert from "node:assert/strict";
import { createReferenceEngine } from "../../../../lib/engine/reference/mod.ts";
import { philoxBlock } from "../../../../lib/engine/reference/ops/random.ts";
import { philox } from "../../../../lib/random/mod.ts";
import { input, uniform } from "../../../../lib/tensor/mod.ts";
import { graphResults } from "../../../cases/random_graph.ts";
import { u32 } from "../../../cases/values.ts";

const ALL = 0xffffffff;

/** Known answers of Random123 (kat_vectors, philox4x32 10). */
const KNOWN = [
  {
    counter: [0, 0, 0, 0],
    key: [0, 0],
    block: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  },
  {
    counter: [ALL, ALL, ALL, ALL],
    key: [ALL, ALL],
    block: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  },
  {
    counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    key: [0xa4093822, 0x299f31d0],
    block: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  },
] as const;

Deno.test("philoxBlock() gives the known answers of its authors", () => {
  for (const { counter, key, block } of KNOWN) {
    assert.deepEqual([...philoxBlock(counter, key)], [...block]);
  }
});

Deno.test("uniform reads its words where the contract puts them", async () => {
  const key = [0x01234567, 0xfedcba98] as const;
  const [rows, step, stream] = [[5, 0x80000007], 0xdeadbeef, 0x1234];
  const source = {
    key: input("key", [2], "u32"),
    rows: input("rows", [2], "u32"),
    step: input("step", [], "u32"),
  };
  const [draws] = await graphResults(createReferenceEngine(), {
    inputs: [source.key, source.rows, source.step],
    values: [u32([2], key), u32([2], rows), u32([], [step])],
    outputs: [uniform(source, { shape: [3, 3], stream })],
  });
  const block = new Uint32Array(4);
  rows.forEach((row, r) => {
    for (let e = 0; e < 9; e++) {
      // Independent of the reference: the host's Philox, with its own test.
      philox({ counter: [e >>> 2, step, row, stream], key }, block);
      const expected = ((block[e & 3]! >>> 9) + 0.5) * 2 ** -23;
      assert.equal(draws!.data[r * 9 + e], expected);
      assert.equal(Math.fround(expected), expected);
      assert.ok(expected > 0 && expected < 1);
    }
  });
});
