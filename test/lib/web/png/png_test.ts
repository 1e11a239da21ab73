import assert from "node:assert/strict";
import sharp from "sharp";
import { crc32 } from "../../../../lib/web/png/crc32.ts";
import { encodePng, pngText } from "../../../../lib/web/png/png.ts";

const SIZE = { width: 5, height: 3 };
const PIXELS = Uint8Array.from({ length: 45 }, (_, i) => i * 37 % 256);
const TEXT = '{"class":"cœur ♥","seed":4}';

async function encoded(texts: Record<string, string>) {
  const file = await encodePng({ ...SIZE, pixels: PIXELS, texts });
  return new Uint8Array(await file.arrayBuffer());
}

Deno.test("crc32() gives the check value of its polynomial", () => {
  assert.equal(crc32(new TextEncoder().encode("123456789")), 0xCBF43926);
});

Deno.test("encodePng() writes what other programs read", async () => {
  const image = sharp(await encoded({ spherear: TEXT }));
  const { data, info } = await image.raw().toBuffer({
    resolveWithObject: true,
  });
  assert.deepEqual([info.width, info.height, info.channels], [5, 3, 3]);
  assert.deepEqual(new Uint8Array(data), PIXELS);
});

Deno.test("pngText() finds the text of a keyword", async () => {
  const bytes = await encoded({ Description: "other", spherear: TEXT });
  assert.equal(pngText(bytes, "spherear"), TEXT);
  assert.equal(pngText(bytes, "Description"), "other");
  assert.equal(pngText(bytes, "spher"), undefined);
});

Deno.test("pngText() refuses what is no PNG, and damaged text", async () => {
  const other = new TextEncoder().encode("GIF89a, and so on");
  assert.throws(() => pngText(other, "spherear"), /it is no PNG/);
  const bytes = await encoded({ spherear: TEXT });
  const at = new TextDecoder("latin1").decode(bytes).indexOf('"seed"');
  bytes[at + 1]! ^= 1;
  assert.throws(() => pngText(bytes, "spherear"), /its text is damaged/);
});

Deno.test("pngText() gives up at the end of a file that is cut", async () => {
  const bytes = await encoded({ spherear: TEXT });
  for (let length = 8; length < 60; length++) {
    assert.equal(pngText(bytes.slice(0, length), "spherear"), undefined);
  }
});
