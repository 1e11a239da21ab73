import assert from "node:assert/strict";
import { type ByteRange, byteRange } from "../../../lib/serve/byte_range.ts";

/** Headers for a file of ten bytes, and what they ask for. */
const CASES:
  readonly (readonly [string | null, ByteRange | "none" | undefined])[] = [
    [null, undefined],
    ["bytes=0-0", { first: 0, last: 0 }],
    ["bytes=2-5", { first: 2, last: 5 }],
    ["Bytes=9-", { first: 9, last: 9 }],
    ["bytes=0-999999999999999999999", { first: 0, last: 9 }],
    ["bytes=-3", { first: 7, last: 9 }],
    ["bytes=-99", { first: 0, last: 9 }],
    ["bytes=10-", "none"],
    ["bytes=99999999999999999999-", "none"],
    ["bytes=-0", "none"],
    ["bytes=5-2", undefined],
    ["bytes=-", undefined],
    ["bytes=0-1,3-4", undefined],
    ["items=0-1", undefined],
    ["bytes=a-b", undefined],
    ["bytes=0x1-2", undefined],
  ];

for (const [header, expected] of CASES) {
  const words = JSON.stringify(expected) ?? "the whole";
  Deno.test(`byteRange() of ${header} is ${words}`, () => {
    assert.deepEqual(byteRange(header, 10), expected);
  });
}

Deno.test("byteRange() finds nothing in an empty file", () => {
  assert.equal(byteRange("bytes=0-", 0), "none");
  assert.equal(byteRange("bytes=-1", 0), "none");
});
