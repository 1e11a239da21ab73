import assert from "node:assert/strict";
import { join } from "node:path";
import {
  datasetFingerprint,
  openDataset,
  openEncoded,
} from "../../../datasets/mod.ts";
import { inFolder } from "../../lib/artifact/_bytes.ts";
import { tinyJpeg } from "../../lib/container/_imagenet.ts";
import { tarOf, type TestMember } from "../../lib/container/_tars.ts";

async function writeShards(folder: string): Promise<void> {
  const [dark, light] = await Promise.all([tinyJpeg(20), tinyJpeg(220)]);
  const shards: readonly (readonly TestMember[])[] = [
    [
      { name: "a.cls", data: "2\n" },
      { name: "a.jpg", data: dark },
      { name: "sub/b.x.jpg", data: dark },
      { name: "c.jpg", data: light },
      { name: "c.json", data: '{"label": 0, "caption": "c"}' },
    ],
    [
      { name: "a.JPEG", data: light },
      { name: "a.cls", data: "1" },
      { name: "a.json", data: '{"label": 7}' },
      { name: "d.jpg", data: light },
      { name: "d.json", data: '{"label": "cat"}' },
      { name: "e.cls", data: "1" },
      { name: "f.jpg", data: light },
      { name: "f.cls", data: "-1" },
      { name: "g.txt", data: "nothing" },
    ],
  ];
  for (const [i, members] of shards.entries()) {
    const path = join(folder, `train-00${8 + i}.tar`.replace("0010", "010"));
    await Deno.writeFile(path, tarOf(members));
  }
}

Deno.test("webdataset: takes pictures with the label that follows or precedes", () =>
  inFolder(async (folder) => {
    await writeShards(folder);
    for (const path of ["train-{008..009}.tar", "."]) {
      const pictures = await openEncoded(`webdataset:${join(folder, path)}`);
      const found = [...Array(pictures.count).keys()].map((index) => [
        pictures.id(index),
        pictures.label(index),
      ]);
      assert.deepEqual(found, [
        ["train-008/c", 0],
        ["train-009/a", 1],
        ["train-008/a", 2],
      ]);
      const names = pictures.classes.map(({ name }) => name);
      assert.deepEqual(names, ["0", "1", "2"]);
      assert.equal(
        pictures.skipped,
        '3 x picture without label ("sub/b", "d", "f"); ' +
          '1 x label without picture ("e")',
      );
      assert.deepEqual(await pictures.bytes(1), await tinyJpeg(220));
      pictures.close();
    }
    const options = { heldout: 0, splitBy: "content" } as const;
    const dataset = await openDataset(`webdataset:${folder}`, options);
    const load = dataset.load({ split: "train", size: 8 });
    const greys = (await Array.fromAsync(load)).map(({ picture }) =>
      picture.data[0]
    );
    assert.deepEqual(greys, [220, 220, 20]);
  }));

Deno.test("webdataset: refuses what is not there, and ranges that are none", () =>
  inFolder(async (folder) => {
    await writeShards(folder);
    const open = (path: string) =>
      openEncoded(`webdataset:${join(folder, path)}`);
    await assert.rejects(
      open("train-{008..011}.tar"),
      /train-010\.tar".*no such/,
    );
    await assert.rejects(open("{9..8}.tar"), /1 to 100000 files of \{9\.\.8\}/);
    await assert.rejects(
      open("{0..99}{0..9999}"),
      /of \{0\.\.9999\}, found 1000000$/,
    );
    await Deno.mkdir(join(folder, "empty"));
    await assert.rejects(open("empty"), /files \*\.tar in it, found none$/);
    await assert.rejects(open("{1..2}/a.tar"), /"a\.tar" twice$/);
    const text = tarOf([{ name: "a.txt", data: "x" }, {
      name: "b.cls",
      data: "0",
    }]);
    await Deno.writeFile(join(folder, "t.tar"), text);
    await assert.rejects(
      open("t.tar"),
      /found none; left out 1 x label without picture \("b"\)$/,
    );
  }));

Deno.test("datasetFingerprint() of webdataset: tells its archives", () =>
  inFolder(async (folder) => {
    await writeShards(folder);
    const name = `webdataset:${folder}`;
    const before = await datasetFingerprint(name);
    assert.equal(await datasetFingerprint(name), before);
    await Deno.rename(join(folder, "train-009.tar"), join(folder, "x.tar"));
    assert.notEqual(await datasetFingerprint(name), before);
  }));
