import assert from "node:assert/strict";
import { openSafetensors } from "../../../lib/artifact/mod.ts";
import {
  decodeRgb,
  decodeRgba,
  encodePng,
  freePicture,
  ImageError,
  onWhite,
  type Picture,
} from "../../../lib/image/mod.ts";

const RECORDING = new URL("../../golden/images.safetensors", import.meta.url);

async function recordedFile(index: number): Promise<Uint8Array> {
  const reader = await openSafetensors(RECORDING.pathname);
  const bytes = await reader.readBytes(`in/${index}/file`);
  reader.close();
  return bytes;
}

Deno.test("decodeRgb() refuses truncated files by name", async () => {
  for (const index of [0, 2, 4]) {
    const bytes = await recordedFile(index);
    for (const share of [0.9, 0.5, 0.01]) {
      const cut = bytes.subarray(0, Math.round(bytes.length * share));
      await assert.rejects(
        decodeRgb(cut, { name: "cut.x" }),
        (error: Error) => {
          assert.ok(error instanceof ImageError, `${error}`);
          assert.match(error.message, /^Cannot decode "cut.x": [^\n]+$/);
          return true;
        },
      );
    }
  }
});

Deno.test("decodeRgb() refuses too many pixels before decoding", async () => {
  const bytes = await recordedFile(2);
  const options = { name: "big.jpg", maxPixels: 1000 };
  await assert.rejects(decodeRgb(bytes, options), {
    name: "ImageError",
    message: /"big\.jpg": expected at most 1000 pixels, found \d+ x \d+$/,
  });
});

Deno.test("decodeRgb() refuses what is no bitmap", async () => {
  const text = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>';
  for (const content of [text, "hello", ""]) {
    const bytes = new TextEncoder().encode(content);
    await assert.rejects(decodeRgb(bytes, { name: "x" }), {
      name: "ImageError",
      message: /expected jpeg, png, .*, found (svg|none of them)|is empty$/,
    });
  }
});

Deno.test("encodePng() and decodeRgba() round trip with alpha", async () => {
  const data = Uint8Array.from({ length: 48 }, (_, index) => index * 5);
  const source: Picture<4> = { width: 4, height: 3, channels: 4, data };
  const file = await encodePng(source);
  assert.deepEqual(file, await encodePng(source));
  const decoded = await decodeRgba(file, { name: "x.png" });
  assert.deepEqual([...decoded.data], [...data]);
  const rgb = await decodeRgb(file, { name: "x.png" });
  assert.deepEqual([...rgb.data], [...data].filter((_, at) => at % 4 !== 3));
});

Deno.test("freePicture() takes a picture's own memory, not a shared one", () => {
  const whole = { width: 1, height: 2, channels: 3, data: new Uint8Array(6) };
  freePicture(whole as Picture);
  assert.equal(whole.data.length, 0);
  const data = new Uint8Array(6).subarray(3);
  freePicture({ width: 1, height: 1, channels: 3, data });
  assert.equal(data.length, 3);
});

Deno.test("onWhite() mixes by alpha", () => {
  const data = new Uint8Array([10, 20, 30, 255, 10, 20, 30, 0, 0, 0, 0, 51]);
  const white = onWhite({ width: 3, height: 1, channels: 4, data });
  assert.deepEqual([...white.data], [10, 20, 30, 255, 255, 255, 204, 204, 204]);
});
