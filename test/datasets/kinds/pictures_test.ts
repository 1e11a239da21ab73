import assert from "node:assert/strict";
import { join } from "node:path";
import {
  datasetFingerprint,
  datasetSize,
  openEncoded,
} from "../../../datasets/mod.ts";
import { inFolder } from "../../lib/artifact/_bytes.ts";

const BYTES = new TextEncoder().encode("no picture is decoded here");

/** Files in a folder and in folders below it. */
async function writeFiles(
  folder: string,
  names: readonly string[],
): Promise<void> {
  for (const name of names) {
    const path = join(folder, name);
    await Deno.mkdir(join(path, ".."), { recursive: true });
    await Deno.writeFile(path, BYTES);
  }
}

Deno.test("pictures: takes a folder and those in it, by name", () =>
  inFolder(async (folder) => {
    await writeFiles(folder, [
      "b.png",
      "deep/er/c.JPEG",
      "deep/a.webp",
      "a.jpg",
      "notes.txt",
      ".hidden/d.png",
      ".e.png",
    ]);
    const set = await openEncoded(`pictures:${folder}`);
    const ids = Array.from({ length: set.count }, (_, i) => set.id(i));
    assert.deepEqual(ids, ["a.jpg", "b.png", "deep/a.webp", "deep/er/c.JPEG"]);
    for (const [index, id] of ids.entries()) {
      assert.equal(set.title(index), join(folder, id));
      assert.equal(set.label(index), 0);
      assert.deepEqual(await set.bytes(index), BYTES);
    }
    assert.equal(set.skipped, "1 file that is no picture (by name)");
    assert.deepEqual(set.classes.map(({ name }) => name), ["picture"]);
    set.close();
    const size = await datasetSize(`pictures:${folder}`);
    assert.deepEqual(size, { images: 4, classes: ["picture"] });
    const before = await datasetFingerprint(`pictures:${folder}`);
    await Deno.writeTextFile(join(folder, "b.png"), "another");
    assert.notEqual(await datasetFingerprint(`pictures:${folder}`), before);
  }));

Deno.test("pictures: refuses folders that hold something else", () =>
  inFolder(async (folder) => {
    const open = openEncoded(`pictures:${folder}`);
    await assert.rejects(open, /expected pictures by their names, found none/);
    await writeFiles(folder, ["a.txt"]);
    await assert.rejects(
      openEncoded(`pictures:${folder}`),
      /found only other files/,
    );
    await writeFiles(folder, ["in/a.png"]);
    await Deno.writeFile(join(folder, "in/b.png"), new Uint8Array(0));
    await assert.rejects(
      openEncoded(`pictures:${folder}`),
      /b\.png": the picture's file is empty$/,
    );
    await Deno.remove(join(folder, "in/b.png"));
    for (const target of ["/etc/passwd", "nowhere.png", "in"]) {
      await Deno.symlink(target, join(folder, "in/link.png"));
      await assert.rejects(
        openEncoded(`pictures:${folder}`),
        /"in\/link\.png" is a link, which may lead out of it/,
      );
      await Deno.remove(join(folder, "in/link.png"));
    }
    await assert.rejects(
      openEncoded(`pictures:${folder}/nothing`),
      /^UserError: Cannot read ".*nothing"/,
    );
  }));
