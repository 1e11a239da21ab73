import assert from "node:assert/strict";
import sharp from "sharp";
import { jpegHeader } from "../../../lib/image/jpeg_header.ts";

/** A file of a grey or coloured picture of 40 x 30. */
async function jpeg(
  { grey = false, progressive = false, icc = false } = {},
): Promise<Uint8Array> {
  const background = { r: 200, g: 100, b: 50 };
  const create = { width: 40, height: 30, channels: 3, background } as const;
  const image = sharp({ create }).jpeg({ progressive });
  if (grey) image.toColourspace("b-w");
  if (icc) image.keepIccProfile().withIccProfile("srgb");
  return new Uint8Array(await image.toBuffer());
}

Deno.test("jpegHeader() reads size and components of files as encoders write them", async () => {
  const coloured = { width: 40, height: 30, components: 3 };
  for (const how of [{}, { progressive: true }, { icc: true }]) {
    assert.deepEqual(jpegHeader(await jpeg(how)), coloured);
  }
  const grey = jpegHeader(await jpeg({ grey: true }));
  assert.deepEqual(grey, { ...coloured, components: 1 });
});

Deno.test("jpegHeader() knows nothing of files that are cut, odd or none", async () => {
  const file = await jpeg();
  const frame = file.findIndex((byte, i) =>
    byte === 0xff && file[i + 1] === 0xc0
  );
  for (let length = 0; length < frame + 10; length++) {
    assert.equal(jpegHeader(file.subarray(0, length)), undefined);
  }
  const odd = [
    [0x89, 0x50],
    // Padding, a restart marker, the picture's data, a segment of no length.
    [0xff, 0xd8, 0xff, 0xff, 0xe0, 0, 4, 0, 0],
    [0xff, 0xd8, 0xff, 0xd0, 0, 4],
    [0xff, 0xd8, 0xff, 0xda, 0, 4],
    [0xff, 0xd8, 0xff, 0xe0, 0, 0],
    [0xff, 0xd8, 0xff, 0x01, 0, 4],
  ];
  for (const start of odd) {
    const bytes = Uint8Array.from([...start, ...file.subarray(2)]);
    assert.equal(jpegHeader(bytes), undefined, start.join(" "));
  }
});
