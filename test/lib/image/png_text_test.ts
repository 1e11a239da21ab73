import assert from "node:assert/strict";
import sharp from "sharp";
import { crc32 } from "node:zlib";
import { encodePng, ImageError, withPngText } from "../../../lib/image/mod.ts";

const PICTURE = {
  width: 2,
  height: 1,
  channels: 3,
  data: Uint8Array.of(1, 2, 3, 250, 251, 252),
} as const;
const KEYWORD = "spherear";

Deno.test("withPngText() adds one chunk behind the header and changes nothing else", async () => {
  const png = await encodePng(PICTURE);
  const text = "a heart ♥";
  const found = withPngText(png, { keyword: KEYWORD, text });
  const header = 8 + 25;
  const added = found.length - png.length;
  assert.deepEqual(found.slice(0, header), png.slice(0, header));
  assert.deepEqual(found.slice(header + added), png.slice(header));
  const chunk = found.slice(header, header + added);
  const view = new DataView(chunk.buffer);
  assert.equal(view.getUint32(0), added - 12);
  assert.equal(new TextDecoder().decode(chunk.slice(4, 16)), "iTXtspherear");
  assert.deepEqual([...chunk.slice(16, 21)], [0, 0, 0, 0, 0]);
  assert.equal(new TextDecoder().decode(chunk.slice(21, -4)), text);
  // Another's checksum and another's reader.
  assert.equal(view.getUint32(added - 4), crc32(chunk.slice(4, -4)));
  const { data } = await sharp(found).raw().toBuffer({
    resolveWithObject: true,
  });
  assert.deepEqual([...data], [...PICTURE.data]);
  const { comments } = await sharp(found).metadata();
  assert.deepEqual(comments, [{ keyword: KEYWORD, text }]);
});

Deno.test("withPngText() adds to texts that are there", async () => {
  const png = await encodePng(PICTURE);
  const one = withPngText(png, { keyword: KEYWORD, text: "one" });
  const both = withPngText(one, { keyword: "other", text: "two" });
  const { comments } = await sharp(both).metadata();
  assert.deepEqual(comments, [
    { keyword: "other", text: "two" },
    { keyword: KEYWORD, text: "one" },
  ]);
});

Deno.test("withPngText() refuses what is no PNG file", () => {
  for (const bytes of [new Uint8Array(0), new Uint8Array(100)]) {
    const text = { keyword: KEYWORD, text: "" };
    assert.throws(() => withPngText(bytes, text), ImageError);
  }
});
