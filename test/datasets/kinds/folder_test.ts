import assert from "node:assert/strict";
import { datasetFingerprint, openDataset } from "../../../datasets/mod.ts";
import { UserError } from "../../../lib/artifact/mod.ts";
import { encodePng, picture } from "../../../lib/image/mod.ts";
import { inFolder } from "../../lib/artifact/_bytes.ts";

const HALF = { heldout: 0.5, splitBy: "names" } as const;
const NONE = { ...HALF, heldout: 0 };

async function writePictures(folder: string): Promise<void> {
  for (const [index, name] of ["b/1", "b/2", "a/1", "a/x"].entries()) {
    await Deno.mkdir(`${folder}/${name[0]}`, { recursive: true });
    const data = new Uint8Array(20 * 10 * 3).fill(index * 10);
    const file = await encodePng(picture(data, { width: 20, height: 10 }));
    await Deno.writeFile(`${folder}/${name}.png`, file);
  }
}

Deno.test("openDataset() of a folder has a class for each sub-folder", () =>
  inFolder(async (folder) => {
    await writePictures(folder);
    const dataset = await openDataset(`folder:${folder}`, HALF);
    assert.deepEqual(dataset.classes.map(({ name }) => name), ["a", "b"]);
    assert.equal(dataset.skipped, undefined);
    const ids = dataset.entries.map(({ id }) => id);
    assert.deepEqual(ids, ["a/1.png", "a/x.png", "b/1.png", "b/2.png"]);
    const splits = dataset.entries.map(({ split }) => split);
    assert.equal(splits.filter((split) => split === "train").length, 2);
    for (const split of ["train", "heldout"] as const) {
      const items = await Array.fromAsync(dataset.load({ split, size: 8 }));
      assert.deepEqual(items.map(({ label }) => label), [0, 1]);
      assert.equal(items[0]!.picture.data.length, 8 * 8 * 3);
    }
  }));

Deno.test("openDataset() of a folder skips and counts what is no picture", () =>
  inFolder(async (folder) => {
    const inside = `${folder}/set`;
    await writePictures(inside);
    await Deno.writeTextFile(`${folder}/outside.png`, "secret");
    await Deno.mkdir(`${inside}/empty`);
    await Deno.writeTextFile(`${inside}/.hidden`, "");
    await Deno.writeTextFile(`${inside}/a/.hidden.png`, "");
    await Deno.writeTextFile(`${inside}/a/notes.txt`, "");
    await Deno.symlink(`${folder}/outside.png`, `${inside}/a/link.png`);
    await Deno.symlink(folder, `${inside}/up`);
    await Deno.symlink(`${inside}/a/1.png`, `${inside}/b/same.png`);
    const dataset = await openDataset(`folder:${inside}`, HALF);
    const ids = dataset.entries.map(({ id }) => id);
    assert.equal(ids.length, 5);
    assert.ok(ids.includes("b/same.png"));
    assert.match(dataset.skipped!, /^3 files .*; folder "empty" without/);
  }));

Deno.test("openDataset() of a folder explains what it cannot use", () =>
  inFolder(async (folder) => {
    const open = (path: string) => openDataset(`folder:${path}`, HALF);
    await assert.rejects(open(`${folder}/none`), UserError);
    await assert.rejects(open(folder), /found no folders/);
    await writePictures(folder);
    await Deno.writeTextFile(`${folder}/a/broken.jpg`, "no picture");
    const dataset = await openDataset(`folder:${folder}`, NONE);
    const items = Array.fromAsync(dataset.load({ split: "train", size: 8 }));
    await assert.rejects(items, (error) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, /Cannot decode ".*a\/broken\.jpg"/);
      return true;
    });
  }));

Deno.test("openDataset() of a folder reads no picture of any size", () =>
  inFolder(async (folder) => {
    await writePictures(folder);
    await Deno.truncate(`${folder}/a/1.png`, 2 ** 28 + 1);
    const dataset = await openDataset(`folder:${folder}`, NONE);
    const items = Array.fromAsync(dataset.load({ split: "train", size: 8 }));
    const message =
      /a\/1\.png": expected at most 268435456 bytes, found 268435457$/;
    await assert.rejects(items, { name: "UserError", message });
  }));

Deno.test("datasetFingerprint() of a folder tells its contents", () =>
  inFolder(async (folder) => {
    await writePictures(folder);
    const name = `folder:${folder}`;
    const before = await datasetFingerprint(name);
    assert.equal(await datasetFingerprint(name), before);
    const bytes = await Deno.readFile(`${folder}/a/1.png`);
    await Deno.writeFile(`${folder}/a/x.png`, bytes);
    assert.notEqual(await datasetFingerprint(name), before);
  }));

Deno.test("openDataset() of a folder parts no equal pictures, whatever they are called", () =>
  inFolder(async (folder) => {
    for (const index of Array(12).keys()) {
      const name = `${folder}/${index % 2 === 0 ? "a" : "b"}`;
      await Deno.mkdir(name, { recursive: true });
      // Four different pictures, three times each.
      const data = new Uint8Array(8 * 8 * 3).fill(60 * (index % 4));
      const file = await encodePng(picture(data, { width: 8, height: 8 }));
      await Deno.writeFile(`${name}/${index}.png`, file);
    }
    const dataset = await openDataset(`folder:${folder}`, {
      heldout: 0.5,
      splitBy: "content",
    });
    const held = new Map<number, Set<string>>();
    for (const { id, split } of dataset.entries) {
      const content = Number(/(\d+)\.png$/.exec(id)![1]) % 4;
      held.set(content, (held.get(content) ?? new Set()).add(split));
    }
    assert.deepEqual([...held.values()].map((splits) => splits.size), [
      ...[1, 1, 1, 1],
    ]);
    const count = dataset.entries.filter(({ split }) => split === "heldout");
    assert.equal(count.length, 6);
  }));

Deno.test("openDataset() of a folder leaves out broken pictures where asked", () =>
  inFolder(async (folder) => {
    await writePictures(folder);
    await Deno.writeTextFile(`${folder}/a/bad.png`, "no picture");
    const open = (skipBroken: boolean) =>
      openDataset(`folder:${folder}`, { ...NONE, skipBroken });
    const dataset = await open(true);
    assert.match(dataset.skipped!, /^1 broken picture: ".*\/a\/bad\.png"$/);
    const items = dataset.load({ split: "train", size: 8 });
    assert.equal((await Array.fromAsync(items)).length, 4);
    const whole = await open(false);
    await assert.rejects(
      Array.fromAsync(whole.load({ split: "train", size: 8 })),
      UserError,
    );
  }));
