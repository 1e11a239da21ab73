import assert from "node:assert/strict";
import { join } from "node:path";
import { datasetSize, openDataset } from "../../datasets/mod.ts";
import { inFolder } from "../lib/artifact/_bytes.ts";

Deno.test("datasetSize() of emoji is what opening it finds", async () => {
  const { entries, classes } = await openDataset("emoji", {
    heldout: 0.1,
    splitBy: "names",
  });
  const size = await datasetSize("emoji");
  assert.deepEqual(size, {
    images: entries.length,
    classes: classes.map(({ name }) => name),
  });
  assert.deepEqual(await datasetSize("emoji64"), size);
});

Deno.test("datasetSize() counts the pictures of a folder", () =>
  inFolder(async (folder) => {
    for (const name of ["cat/a.jpg", "cat/b.png", "dog/a.jpg", "dog/a.txt"]) {
      const path = join(folder, name);
      await Deno.mkdir(join(path, ".."), { recursive: true });
      await Deno.writeTextFile(path, "no picture");
    }
    const size = await datasetSize(`folder:${folder}`);
    assert.deepEqual(size, { images: 3, classes: ["cat", "dog"] });
  }));

Deno.test("datasetSize() takes ImageNet for whole, without opening it", async () => {
  const train = await datasetSize("imagenet:/nowhere.tar");
  assert.equal(train.images, 1_281_167);
  assert.equal(train.classes.length, 1000);
  assert.equal(train.classes[0], "tench");
  assert.equal(train.assumed, "all 1,281,167 pictures are there");
  assert.equal((await datasetSize("imagenet-val:/nowhere.tar")).images, 50_000);
});

Deno.test("datasetSize() tells archives and tables by their bytes", () =>
  inFolder(async (folder) => {
    for (
      const [kind, ending] of [["webdataset", "tar"], ["parquet", "parquet"]]
    ) {
      const path = join(folder, `0.${ending}`);
      await Deno.writeFile(path, new Uint8Array(550_000));
      const size = await datasetSize(`${kind}:${folder}`);
      assert.equal(size.images, 5);
      assert.equal(size.classes.length, 1000);
      assert.match(size.assumed!, /^pictures have 110 kB, of 1000 classes$/);
      await assert.rejects(datasetSize(`${kind}:${path}s`), {
        name: "UserError",
      });
    }
  }));
