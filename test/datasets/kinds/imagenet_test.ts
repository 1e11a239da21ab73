import assert from "node:assert/strict";
import { join } from "node:path";
import {
  datasetFingerprint,
  type EncodedPictures,
  openDataset,
  openEncoded,
} from "../../../datasets/mod.ts";
import {
  IMAGENET_SYNSETS,
  synsetName,
} from "../../../datasets/imagenet/classes.ts";
import { inFolder } from "../../lib/artifact/_bytes.ts";
import {
  innerTar,
  pictureNames,
  tinyJpeg,
  writeImagenetTar,
} from "../../lib/container/_imagenet.ts";
import { tarOf } from "../../lib/container/_tars.ts";

const SYNSETS = ["n03445777", "n01440764", "n99999999"];
const PICTURES = 5;

/** All three forms of one set: their paths, the archive's first. */
async function writeForms(folder: string): Promise<readonly string[]> {
  const paths = ["train.tar", "tars", "folders"].map((n) => join(folder, n));
  const [archive, tars, folders] = paths as [string, string, string];
  await writeImagenetTar(archive, { synsets: SYNSETS, pictures: PICTURES });
  await Deno.mkdir(tars);
  const jpeg = await tinyJpeg();
  for (const synset of SYNSETS) {
    const tar = innerTar(synset, { pictures: PICTURES, jpeg });
    await Deno.writeFile(join(tars, `${synset}.tar`), tar);
    await Deno.mkdir(join(folders, synset), { recursive: true });
    for (const [i, name] of pictureNames(synset, PICTURES).entries()) {
      const data = new Uint8Array(jpeg.length + i % 600);
      data.set(jpeg);
      await Deno.writeFile(join(folders, synset, name), data);
    }
  }
  return paths;
}

async function contentOf(pictures: EncodedPictures) {
  const indices = [...Array(pictures.count).keys()];
  const lengths = [];
  for (const index of indices) {
    lengths.push((await pictures.bytes(index)).length);
  }
  pictures.close();
  return {
    classes: pictures.classes.map(({ name }) => name),
    ids: indices.map((index) => pictures.id(index)),
    labels: indices.map((index) => pictures.label(index)),
    lengths,
  };
}

Deno.test("imagenet: is the same from the archive, its archives and their folders", () =>
  inFolder(async (folder) => {
    const forms = [];
    for (const path of await writeForms(folder)) {
      forms.push(await contentOf(await openEncoded(`imagenet:${path}`)));
    }
    const [archive, ...others] = forms;
    assert.deepEqual(archive!.classes, ["tench", "golf ball", "n99999999"]);
    const names = pictureNames("n01440764", PICTURES);
    const size = (await tinyJpeg()).length;
    const first = archive!.ids.slice(0, PICTURES);
    assert.deepEqual(
      first,
      names.map((name) => `n01440764/${name}`).toSorted(),
    );
    assert.deepEqual(
      archive!.lengths.slice(0, PICTURES),
      first.map((id) => size + names.indexOf(id.split("/")[1]!)),
    );
    assert.deepEqual(
      archive!.labels,
      [0, 1, 2].flatMap((l) => Array(5).fill(l)),
    );
    for (const other of others) assert.deepEqual(other, archive);
  }));

Deno.test("imagenet: gives the bytes at the places that it tells", () =>
  inFolder(async (folder) => {
    const [path] = await writeForms(folder);
    const pictures = await openEncoded(`imagenet:${path}`);
    const whole = await Deno.readFile(path!);
    for (let index = 0; index < pictures.count; index++) {
      const { file, offset, length } = pictures.place(index)!;
      assert.equal(file, path);
      assert.deepEqual(
        await pictures.bytes(index),
        whole.slice(offset, offset + length),
      );
    }
    assert.match(
      pictures.title(0),
      /train\.tar: n01440764\/n01440764_0\.JPEG$/,
    );
    await assert.rejects(pictures.bytes(pictures.count), RangeError);
    pictures.close();
  }));

Deno.test("imagenet: is decoded and split as any dataset", () =>
  inFolder(async (folder) => {
    const [path] = await writeForms(folder);
    const options = { heldout: 0.2, splitBy: "names" } as const;
    const dataset = await openDataset(`imagenet:${path}`, options);
    const load = dataset.load({ split: "heldout", size: 4 });
    const items = await Array.fromAsync(load);
    assert.deepEqual(items.map(({ label }) => label), [0, 1, 2]);
    assert.ok(items[0]!.picture.data.every((x) => Math.abs(x - 128) < 4));
  }));

Deno.test("imagenet: leaves out what is no picture of a synset", () =>
  inFolder(async (folder) => {
    const data = await tinyJpeg();
    const path = join(folder, "a.tar");
    const inner = tarOf([
      { name: "n01440764_1.JPEG", data },
      { name: "notes.txt", data: "x" },
      { name: "l.JPEG", type: "2" },
    ]);
    const bytes = tarOf([
      { name: "train/n01440764.tar", data: inner },
      { name: "train/n01443537/x.jpg", data },
      { name: "readme.jpg", data },
      { name: "other.tar", data: inner },
    ]);
    await Deno.writeFile(path, bytes);
    const pictures = await openEncoded(`imagenet:${path}`);
    assert.deepEqual(pictures.classes.map(({ name }) => name), [
      "tench",
      "goldfish",
    ]);
    const ids = [0, 1].map((index) => pictures.id(index));
    assert.deepEqual(ids, ["n01440764/n01440764_1.JPEG", "n01443537/x.jpg"]);
    assert.equal(pictures.count, 2);
    assert.equal(
      pictures.skipped,
      '2 x file of no synset ("readme.jpg", "other.tar"); ' +
        '1 x no picture ("notes.txt"); 1 x link ("l.JPEG")',
    );
  }));

Deno.test("imagenet: refuses what holds no synsets, or both forms", () =>
  inFolder(async (folder) => {
    const open = (name: string) =>
      openEncoded(`imagenet:${join(folder, name)}`);
    await assert.rejects(open("none"), /no such file/);
    await assert.rejects(open("."), /found 0 archives and 0 folders$/);
    await Deno.writeFile(join(folder, "a.tar"), tarOf([{ name: "a.jpg" }]));
    await assert.rejects(open("a.tar"), /expected pictures of synsets/);
    await Deno.mkdir(join(folder, "n01440764"));
    await Deno.writeFile(join(folder, "n01443537.tar"), tarOf([]));
    await assert.rejects(open("."), /found 1 archives and 1 folders$/);
  }));

Deno.test("datasetFingerprint() of imagenet: tells archives and folders apart", () =>
  inFolder(async (folder) => {
    const paths = await writeForms(folder);
    const prints = () =>
      Promise.all(paths.map((path) => datasetFingerprint(`imagenet:${path}`)));
    const before = await prints();
    assert.deepEqual(await prints(), before);
    const [archive, tars, folders] = paths as [string, string, string];
    const bytes = await Deno.readFile(archive);
    bytes[600]! ^= 1;
    await Deno.writeFile(archive, bytes);
    await Deno.remove(join(tars, "n01440764.tar"));
    await Deno.writeFile(join(folders, "n01440764/n01440764_0.JPEG"), bytes);
    const after = await prints();
    for (const index of paths.keys()) {
      assert.notEqual(after[index], before[index]);
    }
  }));

Deno.test("ImageNet's synsets are 1,000, and the names stand in their order", () => {
  assert.equal(new Set(IMAGENET_SYNSETS).size, 1000);
  // From lists of others: kit fox is 1 of the development kit and 278 sorted.
  assert.equal(IMAGENET_SYNSETS[0], "n02119789");
  assert.equal(IMAGENET_SYNSETS.toSorted().indexOf("n02119789"), 278);
  assert.equal(synsetName("n02119789"), "kit fox");
  assert.equal(synsetName("n01440764"), "tench");
  assert.equal(synsetName("n15075141"), "toilet tissue");
  assert.equal(synsetName("n00000000"), "n00000000");
});
