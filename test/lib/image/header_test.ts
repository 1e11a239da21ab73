import assert from "node:assert/strict";
import { join } from "node:path";
import sharp from "sharp";
import {
  checkPictureFile,
  decodeRgb,
  ImageError,
} from "../../../lib/image/mod.ts";
import { inFolder } from "../artifact/_bytes.ts";

/** A grey picture of one colour, as small as files get. */
async function flat(
  format: "jpeg" | "png" | "gif" | "webp",
  side: number,
): Promise<Uint8Array> {
  const background = { r: 90, g: 90, b: 90 };
  const create = {
    width: side,
    height: side,
    channels: 3,
    background,
  } as const;
  const tight = {
    jpeg: { mozjpeg: true, quality: 1 },
    png: { palette: true, compressionLevel: 9, effort: 10 },
    gif: {},
    webp: { lossless: true },
  };
  const image = sharp({ create }).toFormat(format, tight[format]);
  return new Uint8Array(await image.toBuffer());
}

/** The same JPEG, but its header claims another size. */
function claiming(bytes: Uint8Array, side: number): Uint8Array {
  const changed = bytes.slice();
  const view = new DataView(changed.buffer);
  // Start of frame: baseline or progressive, then length and precision.
  const at = changed.findIndex((byte, i) =>
    byte === 0xff && [0xc0, 0xc2].includes(changed[i + 1]!)
  );
  view.setUint16(at + 5, side);
  view.setUint16(at + 7, side);
  return changed;
}

for (const format of ["jpeg", "png", "gif", "webp"] as const) {
  Deno.test(`a flat ${format} of 1500 x 1500 is no bomb`, async () => {
    const bytes = await flat(format, 1500);
    const { width } = await decodeRgb(bytes, { name: `flat.${format}` });
    assert.equal(width, 1500);
  });
}

Deno.test("decodeRgb() refuses more pixels than a JPEG's bytes can hold", async () => {
  const bytes = claiming(await flat("jpeg", 300), 12_000);
  assert.ok(bytes.length < 2000);
  await assert.rejects(decodeRgb(bytes, { name: "bomb.jpg" }), {
    name: "ImageError",
    message: new RegExp(
      `"bomb\\.jpg": expected at most ${bytes.length * 1024} pixels of ` +
        `${bytes.length} bytes of jpeg, found 12000 x 12000$`,
    ),
  });
});

Deno.test("checkPictureFile() reads no more than the header", () =>
  inFolder(async (folder) => {
    const path = join(folder, "cut.jpg");
    const bytes = await flat("jpeg", 300);
    await Deno.writeFile(path, bytes.subarray(0, 640));
    await checkPictureFile(path, { name: path });
    const check = checkPictureFile(path, { name: path, maxPixels: 100 });
    await assert.rejects(check, /expected at most 100 pixels, found 300 x 300/);
    await Deno.writeFile(path, claiming(bytes, 60_000));
    await assert.rejects(checkPictureFile(path, { name: path }), ImageError);
    await Deno.writeFile(path, new Uint8Array());
    await assert.rejects(checkPictureFile(path, { name: path }), /is empty/);
  }));
