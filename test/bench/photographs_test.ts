import assert from "node:assert/strict";
import { join } from "node:path";
import sharp from "sharp";
import { cutPictures } from "../../bench/photographs/mod.ts";
import { writeArchive, writeFolders } from "../../bench/photographs/write.ts";
import { openEncoded } from "../../datasets/mod.ts";
import { IMAGENET_NAMES } from "../../datasets/imagenet/classes.ts";
import { inFolder } from "../lib/artifact/_bytes.ts";

/** A photograph that is large enough, of one colour, and one that is not. */
async function writePhotographs(folder: string): Promise<void> {
  await Deno.mkdir(join(folder, "deep"));
  for (const [name, width] of [["deep/a.JPG", 1200], ["b.jpg", 900]] as const) {
    const create = {
      width,
      height: 800,
      channels: 3,
      background: { r: 200, g: 100, b: 50 },
    } as const;
    await sharp({ create }).jpeg().toFile(join(folder, name));
  }
}

Deno.test("bench photographs makes ImageNet's layouts of pictures of its size", () =>
  inFolder(async (folder) => {
    await writePhotographs(folder);
    const cutting = { from: [folder], classes: 2, count: 5, seed: 1 };
    const archive = join(folder, "train.tar");
    assert.equal(await writeArchive(archive, cutPictures(cutting)), 5);
    const opened = await openEncoded(`imagenet:${archive}`);
    assert.equal(opened.count, 5);
    assert.deepEqual(
      opened.classes.map(({ name }) => name),
      IMAGENET_NAMES.slice(0, 2),
    );
    const labels = Array.from({ length: 5 }, (_, i) => opened.label(i));
    assert.deepEqual(labels, [0, 0, 0, 1, 1]);
    const { width, height } = await sharp(await opened.bytes(4)).metadata();
    assert.deepEqual([width, height], [500, 375]);

    const unpacked = join(folder, "unpacked");
    await writeFolders(unpacked, cutPictures(cutting));
    const folders = await openEncoded(`imagenet:${unpacked}`);
    for (let i = 0; i < 5; i++) {
      assert.deepEqual(await folders.bytes(i), await opened.bytes(i));
    }
    opened.close();
    folders.close();
  }));

Deno.test("bench photographs says what it expects of folders without any", () =>
  inFolder(async (folder) => {
    const cutting = { from: [folder], classes: 2, count: 5, seed: 1 };
    await assert.rejects(cutPictures(cutting).next(), {
      name: "UserError",
      message: /expected JPEG files of 1000 x 750 pixels at least, found none$/,
    });
  }));
