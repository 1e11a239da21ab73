import assert from "node:assert/strict";
import { decodeHybrid } from "../../../../lib/container/parquet/hybrid.ts";

Deno.test("decodeHybrid() reads runs and packed bits", () => {
  // From the format's description: 0 to 7 in three bits each.
  const packed = [0b00000011, 0b10001000, 0b11000110, 0b11111010];
  const options = { width: 3, count: 8 };
  assert.deepEqual(
    [...decodeHybrid(new Uint8Array(packed), options)],
    [0, 1, 2, 3, 4, 5, 6, 7],
  );
  // A run of 200 times 5, then the above, of which two are wanted.
  const bytes = new Uint8Array([0x90, 0x03, 5, ...packed]);
  const values = decodeHybrid(bytes, { width: 3, count: 202 });
  assert.deepEqual([...values.subarray(198)], [5, 5, 0, 1]);
  assert.deepEqual(
    [...decodeHybrid(new Uint8Array(), { width: 0, count: 3 })],
    [
      ...[0, 0, 0],
    ],
  );
  const wide = new Uint8Array([2, 0xff, 0xff, 0xff, 0xff]);
  assert.deepEqual([...decodeHybrid(wide, { width: 32, count: 1 })], [
    2 ** 32 - 1,
  ]);
});

Deno.test("decodeHybrid() makes no more than it is asked for", () => {
  // A run of 2^30.
  const bytes = new Uint8Array([0x80, 0x80, 0x80, 0x80, 0x08, 1]);
  assert.equal(decodeHybrid(bytes, { width: 1, count: 4 }).length, 4);
});

Deno.test("decodeHybrid() refuses lists that are cut short or empty", () => {
  const cases: readonly (readonly number[])[] = [
    [],
    [0x80],
    [0x00, 1],
    [0x01],
    [0x10],
    [0x03, 1, 2],
    [0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
  ];
  for (const bytes of cases) {
    const decode = () =>
      decodeHybrid(new Uint8Array(bytes), { width: 3, count: 8 });
    assert.throws(decode, { name: "ParquetDefect" }, String(bytes));
  }
  assert.throws(() => decodeHybrid(new Uint8Array(9), { width: 33, count: 1 }));
});
