import assert from "node:assert/strict";
import sharp, { type Sharp } from "sharp";
import { FACTS_BYTES, pictureFacts } from "../../../lib/image/mod.ts";

/** A picture of 10 x 6 pixels with a hue in every one. */
function drawn(): Sharp {
  const data = Uint8Array.from({ length: 10 * 6 * 3 }, (_, k) => k * 41 % 256);
  return sharp(data, { raw: { width: 10, height: 6, channels: 3 } });
}

/** The facts of a file by its first bytes, and whether the rest was read. */
async function factsOf(file: Uint8Array) {
  let isRead = false;
  const facts = await pictureFacts(file.subarray(0, FACTS_BYTES), {
    name: "a.png",
    bytes: file.length,
    whole() {
      isRead = true;
      return Promise.resolve(file);
    },
  });
  return { facts, isRead };
}

Deno.test("pictureFacts() tells size and loss of every format", async () => {
  const alpha = drawn().ensureAlpha(0.5);
  const files = [
    [drawn().png(), "png", false],
    [drawn().jpeg(), "jpeg", true],
    [drawn().jpeg({ progressive: true }), "jpeg", true],
    [drawn().gif(), "gif", true],
    [drawn().webp(), "webp", true],
    [drawn().webp({ lossless: true }), "webp", false],
    [alpha.clone().webp(), "webp", true],
    [alpha.clone().webp({ lossless: true }), "webp", false],
    [drawn().withIccProfile("p3").webp({ lossless: true }), "webp", false],
    [drawn().tiff(), "tiff", false],
  ] as const;
  for (const [i, [file, format, isLossy]] of files.entries()) {
    const { facts, isRead } = await factsOf(await file.toBuffer());
    const expected = { format, width: 10, height: 6, isLossy };
    assert.deepEqual(facts, expected, `file ${i}`);
    assert.equal(isRead, format === "tiff", `file ${i}`);
  }
});

Deno.test("pictureFacts() reads on where a long note stands before the size", async () => {
  const plain = await drawn().jpeg().toBuffer();
  const note = new Uint8Array(FACTS_BYTES + 10);
  note.set([0xff, 0xe1, (note.length - 2) >> 8, (note.length - 2) & 0xff]);
  const file = new Uint8Array([
    ...plain.subarray(0, 2),
    ...note,
    ...plain.subarray(2),
  ]);
  const { facts, isRead } = await factsOf(file);
  assert.deepEqual([facts.width, facts.height], [10, 6]);
  assert.ok(isRead);
});

Deno.test("pictureFacts() refuses what decoding would refuse", async () => {
  await assert.rejects(
    factsOf(new Uint8Array(0)),
    /Cannot decode "a\.png": the file is empty/,
  );
  await assert.rejects(
    factsOf(new TextEncoder().encode("no picture at all, but some words")),
    /Cannot decode "a\.png": expected jpeg, png, gif, webp, tiff, found none/,
  );
  const huge = new Uint8Array(await drawn().png().toBuffer());
  new DataView(huge.buffer).setUint32(16, 60_000);
  new DataView(huge.buffer).setUint32(20, 50_000);
  await assert.rejects(
    factsOf(huge),
    /expected at most \d+ pixels, found 60000 x 50000/,
  );
  new DataView(huge.buffer).setUint32(20, 0);
  await assert.rejects(factsOf(huge), /it has no pixels/);
});
