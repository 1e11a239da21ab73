import assert from "node:assert/strict";
import { join } from "node:path";
import { datasetFingerprint, openEncoded } from "../../../datasets/mod.ts";
import { inFolder } from "../../lib/artifact/_bytes.ts";
import { tinyJpeg } from "../../lib/container/_imagenet.ts";
import { tarOf } from "../../lib/container/_tars.ts";

/** The first pictures of the real set, with their classes. */
const LABELS = [65, 970, 230, 809, 516];

/** What people have of their labels; all say the same. */
const LISTS = {
  "devkit.txt": "490\n361\n171\n822\n297\n",
  "synsets.txt": "n01751748\nn09193705\nn02105855\nn04263257\nn03125729",
  "val.txt": LABELS.map((label, i) => `${nameOf(i)} ${label}`).toReversed()
    .join("\n"),
  "val_synsets.txt": [
    ...["n01751748", "n09193705", "n02105855", "n04263257", "n03125729"]
      .map((synset, i) => `val/${nameOf(i)} ${synset}\r`),
  ].join("\n"),
  "LOC_val_solution.csv": [
    "ImageId,PredictionString",
    "ILSVRC2012_val_00000001,n01751748 111 108 390 366",
    "ILSVRC2012_val_00000003,n02105855 1 2 3 4 n02105855 1 2 3 4",
    "ILSVRC2012_val_00000002,n09193705 1 2 3 4",
    "ILSVRC2012_val_00000005,n03125729 1 2 3 4",
    "ILSVRC2012_val_00000004,n04263257 1 2 3 4",
  ].join("\n"),
} as const;

function nameOf(index: number): string {
  return `ILSVRC2012_val_0000000${index + 1}.JPEG`;
}

async function writeSet(folder: string): Promise<string> {
  const path = join(folder, "val.tar");
  const members = [];
  for (const [i] of LABELS.entries()) {
    members.push({ name: nameOf(i), data: await tinyJpeg(40 * i) });
  }
  await Deno.writeFile(path, tarOf(members));
  for (const [name, text] of Object.entries(LISTS)) {
    await Deno.writeTextFile(join(folder, name), text);
  }
  return path;
}

Deno.test("imagenet-val: takes every list of labels that people have", () =>
  inFolder(async (folder) => {
    const path = await writeSet(folder);
    for (const name of Object.keys(LISTS)) {
      const labels = join(folder, name);
      const set = await openEncoded(`imagenet-val:${path}`, { labels });
      assert.equal(set.classes.length, 1000);
      assert.equal(set.classes[65]!.name, "sea snake");
      const found = Object.fromEntries(
        [...Array(set.count).keys()].map((i) => [set.id(i), set.label(i)]),
      );
      const wanted = LABELS.map((label, i) => [nameOf(i), label]);
      assert.deepEqual(found, Object.fromEntries(wanted), name);
      // By class: the third picture, of class 230, comes second.
      assert.deepEqual(await set.bytes(1), await tinyJpeg(80));
      set.close();
    }
  }));

Deno.test("imagenet-val: finds the development kit's list beside the archive", () =>
  inFolder(async (folder) => {
    const path = await writeSet(folder);
    const open = () => openEncoded(`imagenet-val:${path}`);
    await assert.rejects(open(), /expected --labels FILE, or ILSVRC2012_val/);
    const kit = join(folder, "ILSVRC2012_devkit_t12/data");
    await Deno.mkdir(kit, { recursive: true });
    await Deno.rename(
      join(folder, "devkit.txt"),
      join(kit, "ILSVRC2012_validation_ground_truth.txt"),
    );
    const set = await open();
    assert.equal(set.label(0), 65);
    set.close();
  }));

Deno.test("imagenet-val: takes a folder of pictures, too", () =>
  inFolder(async (folder) => {
    await writeSet(folder);
    const labels = join(folder, "val.txt");
    const pictures = join(folder, "pictures");
    await Deno.mkdir(pictures);
    await Deno.writeFile(join(pictures, nameOf(2)), await tinyJpeg());
    await Deno.writeTextFile(join(pictures, "notes.txt"), "");
    const name = `imagenet-val:${pictures}`;
    const set = await openEncoded(name, { labels });
    assert.equal(set.count, 1);
    assert.equal(set.label(0), 230);
    assert.equal(set.title(0), join(pictures, nameOf(2)));
    assert.equal(set.skipped, '1 x no picture ("notes.txt")');
    assert.deepEqual(await set.bytes(0), await tinyJpeg());
    const print = () => datasetFingerprint(name, { labels });
    const before = await print();
    assert.equal(await print(), before);
    await Deno.writeTextFile(labels, LISTS["val.txt"] + "\n");
    assert.notEqual(await print(), before);
  }));

Deno.test("imagenet-val: refuses lists that say something else, by line", () =>
  inFolder(async (folder) => {
    const path = await writeSet(folder);
    const labels = join(folder, "wrong.txt");
    const cases: readonly (readonly [string, RegExp])[] = [
      ["", /found neither$/],
      ["490\n1001", /line 2: expected a synset, .* found "1001"$/],
      ["n00000000", /line 1: .* found "n00000000"$/],
      [`${nameOf(0)} dog`, /line 1: .* 0 to 999, found "ILSVRC2012_val_/],
      [`${nameOf(0)} 65\n490`, /lines without, found both$/],
      [
        "490\n361",
        /"ILSVRC2012_val_00000003\.JPEG": ".*" has 2 labels, and none/,
      ],
    ];
    for (const [text, message] of cases) {
      await Deno.writeTextFile(labels, text);
      const open = openEncoded(`imagenet-val:${path}`, { labels });
      await assert.rejects(open, { name: "UserError", message });
    }
    const other = openEncoded("folder:x", { labels });
    await assert.rejects(other, /"folder:x": expected imagenet-val:PATH$/);
  }));
