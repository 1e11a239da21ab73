import assert from "node:assert/strict";
import {
  eventRecord,
  eventRecords,
  versionRecord,
} from "../../../lib/report/mod.ts";

// What tensorboard 2.21's RecordWriter makes of the same events.
const VERSION = "1800000000000000a37f4b22" +
  "09000000000000f83f1a0d627261696e2e4576656e743a32" + "2a28646c";
const SCALAR = "19000000000000008bf10828" +
  "09000000000000004010ac022a0b0a090a026c31150000003f" + "6777fcfd";

Deno.test("versionRecord() is the bytes that TensorBoard's files begin with", () => {
  assert.equal(versionRecord(1.5).toHex(), VERSION);
});

Deno.test("eventRecord() is TensorBoard's record of time, step and tagged scalars", () => {
  const event = { wallTime: 2, step: 300, scalars: { l1: 0.5 } };
  assert.equal(eventRecord(event).toHex(), SCALAR);
});

Deno.test("eventRecord() writes pictures with their sizes", () => {
  const png = Uint8Array.of(1, 2, 3);
  const record = eventRecord({
    wallTime: 1,
    step: 1,
    scalars: {},
    images: { g: { width: 5, height: 4, png } },
  });
  // Behind the head of 12 bytes, nine of the time and two of the step.
  assert.deepEqual([...record.subarray(23, -4)], [
    ...[0x2a, 0x12, 0x0a, 0x10, 0x0a, 0x01, 0x67], // tag = "g"
    ...[0x22, 0x0b], // image
    ...[0x08, 4, 0x10, 5, 0x18, 3], // height, width, RGB
    ...[0x22, 3, 1, 2, 3],
  ]);
});

Deno.test("eventRecords() finds whole records and their steps", () => {
  const records = [
    versionRecord(1),
    ...[1, 127, 128, 70_000].map((step) =>
      eventRecord({ wallTime: 3, step, scalars: { loss: step } })
    ),
  ];
  const file = new Uint8Array(records.flatMap((record) => [...record]));
  const found = [...eventRecords(file)];
  assert.deepEqual(found.map(({ step }) => step), [0, 1, 127, 128, 70_000]);
  assert.equal(found.at(-1)!.end, file.length);
  const cut = [...eventRecords(file.slice(0, -1))];
  assert.deepEqual(cut, found.slice(0, -1));
  // A changed byte anywhere in a record ends what is whole.
  const start = found[1]!.end;
  for (let at = start; at < found[2]!.end; at++) {
    const spoilt = file.slice();
    spoilt[at] = spoilt[at]! ^ 4;
    assert.deepEqual([...eventRecords(spoilt)], found.slice(0, 2), `${at}`);
  }
});
