import assert from "node:assert/strict";
import { ProtoWriter } from "../../../lib/protobuf/mod.ts";

function written(write: (writer: ProtoWriter) => void): number[] {
  const writer = new ProtoWriter();
  write(writer);
  return [...writer.finish()];
}

Deno.test("int() writes varints, negative ones in ten bytes", () => {
  assert.deepEqual(written((w) => w.int(1, 0)), [8, 0]);
  assert.deepEqual(written((w) => w.int(1, 300)), [8, 0xac, 2]);
  assert.deepEqual(written((w) => w.int(16, 1)), [0x80, 1, 1]);
  const minusOne = written((w) => w.int(1, -1));
  assert.deepEqual(minusOne, [8, ...new Array(9).fill(255), 1]);
});

Deno.test("float() writes four bytes, lowest first", () => {
  assert.deepEqual(written((w) => w.float(2, 1)), [0x15, 0, 0, 0x80, 0x3f]);
});

Deno.test("string() writes UTF-8", () => {
  assert.deepEqual(written((w) => w.string(1, "aé")), [10, 3, 97, 0xc3, 0xa9]);
});

Deno.test("packedInts() writes nothing for no numbers", () => {
  assert.deepEqual(written((w) => w.packedInts(1, [])), []);
  assert.deepEqual(written((w) => w.packedInts(1, [1, 300])), [
    10,
    3,
    1,
    0xac,
    2,
  ]);
});

Deno.test("message() nests, with payloads of every size", () => {
  for (const length of [0, 1, 127, 128, 1023, 1024, 5000]) {
    const payload = new Uint8Array(length).fill(7);
    const bytes = written((outer) => {
      outer.int(1, 1);
      outer.message(2, (middle) =>
        middle.message(3, (inner) => {
          inner.bytes(4, payload);
          inner.int(5, 2);
        }));
      outer.int(6, 3);
    });
    assert.deepEqual(bytes.slice(0, 3), [8, 1, 18]);
    assert.deepEqual(bytes.slice(-4), [40, 2, 48, 3]);
    assert.equal(bytes.filter((byte) => byte === 7).length >= length, true);
  }
});
