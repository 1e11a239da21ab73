import assert from "node:assert/strict";
import { join } from "node:path";
import { toldDataset } from "../../datasets/mod.ts";
import { tarOf } from "../lib/container/_tars.ts";
import { inFolder } from "../lib/artifact/_bytes.ts";

/** Files of an archive, in their order, with the kind that they tell. */
const ARCHIVES: readonly (readonly [kind: string, names: string[]])[] = [
  ["imagenet", ["n01440764.tar", "n01443537.tar"]],
  ["imagenet", ["train/n01440764/n01440764_1.JPEG"]],
  ["imagenet-val", ["ILSVRC2012_val_00000001.JPEG"]],
  ["webdataset", ["000001.jpg", "000001.cls"]],
];

for (const [kind, names] of ARCHIVES) {
  Deno.test(`toldDataset() takes an archive of ${names[0]} for ${kind}:`, () =>
    inFolder(async (folder) => {
      const path = join(folder, "any.tar");
      await Deno.writeFile(
        path,
        tarOf([
          { name: "a/", type: "5" },
          ...names.map((name) => ({ name, data: "data" })),
        ]),
      );
      assert.equal(await toldDataset(path), `${kind}:${path}`);
    }));
}

/** Names in a folder, with the kind that they tell. */
const FOLDERS: readonly (readonly [kind: string, names: string[]])[] = [
  ["imagenet", ["n01440764/a.JPEG"]],
  ["imagenet", ["n01440764.tar"]],
  ["imagenet-val", ["ILSVRC2012_val_00000001.JPEG"]],
  ["parquet", ["train-0.parquet"]],
  ["webdataset", ["0.tar", "1.tar"]],
  ["folder", ["cat/a.jpg", "dog/a.jpg"]],
];

for (const [kind, names] of FOLDERS) {
  Deno.test(`toldDataset() takes a folder of ${names[0]} for ${kind}:`, () =>
    inFolder(async (folder) => {
      for (const name of names) {
        await Deno.mkdir(join(folder, name, ".."), { recursive: true });
        await Deno.writeTextFile(join(folder, name), "");
      }
      assert.equal(await toldDataset(folder), `${kind}:${folder}`);
    }));
}

Deno.test("toldDataset() leaves datasets as they are, and knows ranges and tables", async () => {
  for (const dataset of ["emoji", "folder:x", "imagenet:/nowhere.tar"]) {
    assert.equal(await toldDataset(dataset), dataset);
  }
  const tables = "t-{0..9}.parquet";
  assert.equal(await toldDataset(tables), `parquet:${tables}`);
  const shards = "s-{000..146}.tar";
  assert.equal(await toldDataset(shards), `webdataset:${shards}`);
});

Deno.test("toldDataset() refuses what tells nothing", () =>
  inFolder(async (folder) => {
    await assert.rejects(toldDataset(folder), {
      name: "UserError",
      message: /^Cannot tell what dataset ".*" is: .*imagenet:PATH/,
    });
    const text = join(folder, "a.txt");
    await Deno.writeTextFile(text, "no archive");
    await assert.rejects(toldDataset(text), /Cannot tell what dataset/);
    await assert.rejects(
      toldDataset(join(folder, "none")),
      /^UserError: Cannot read ".*none": no such file/,
    );
  }));
