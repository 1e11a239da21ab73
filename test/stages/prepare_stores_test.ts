import assert from "node:assert/strict";
import { join } from "node:path";
import sharp from "sharp";
import { openArtifact } from "../../lib/artifact/mod.ts";
import {
  decodeRgb,
  encodePng,
  picture,
  scaleSmallerSide,
} from "../../lib/image/mod.ts";
import { openEncodedImages } from "../../lib/workflow/sets/mod.ts";
import { inFolder } from "../lib/artifact/_bytes.ts";
import { tinyJpeg, writeImagenetTar } from "../lib/container/_imagenet.ts";
import { prepare } from "./preparing.ts";

/** What lies in an artifact of encoded images. */
async function read(path: string) {
  const reader = await openArtifact(path, "images");
  const images = await openEncodedImages(reader);
  const titles: string[] = [], files: Uint8Array[] = [];
  for (let index = 0; index < images.count; index++) {
    titles.push(images.title(index).split(": ").at(-1)!);
    files.push(await images.bytes(index));
  }
  const { labels, classes } = images;
  const { form, config, recipe, tensors } = reader;
  images.close();
  reader.close();
  return { form, config, recipe, tensors, titles, files, labels, classes };
}

/** A folder of two classes: noise of 60 x 40 pixels, and 20 x 16. */
async function noise(folder: string): Promise<string> {
  const set = join(folder, "set");
  for (const [label, [width, height]] of [[60, 40], [20, 16]].entries()) {
    await Deno.mkdir(join(set, `${label}`), { recursive: true });
    for (let i = 0; i < 3; i++) {
      const data = Uint8Array.from(
        { length: width! * height! * 3 },
        (_, at) => (at * 7919 * (i + 3)) >> 5,
      );
      const size = { width: width!, height: height! };
      const file = await encodePng(picture(data, size));
      await Deno.writeFile(join(set, `${label}/${i}.png`), file);
    }
  }
  return set;
}

Deno.test("prepare indexes an archive and copies nothing", () =>
  inFolder(async (folder) => {
    const tar = join(folder, "train.tar");
    const synsets = ["n01440764", "n01443537"];
    await writeImagenetTar(tar, { synsets, pictures: 20 });
    const run = await prepare(folder, `dataset = "imagenet:${tar}"`, {
      outputs: 'train = "train/"',
    });
    assert.equal(run.result.summary?.["train"], 40);
    assert.equal(run.result.summary?.["store"], "index");
    const found = await read(run.train);
    assert.equal(found.form, "index");
    assert.deepEqual(found.classes, ["tench", "goldfish"]);
    assert.equal(found.titles[0], "n01440764/n01440764_0.JPEG");
    assert.deepEqual([found.labels[0], found.labels[39]], [0, 1]);
    const jpeg = await tinyJpeg();
    for (const file of found.files) {
      assert.deepEqual(file.subarray(0, jpeg.length), jpeg);
    }
    // What changes nothing is not recorded: another size makes nothing anew.
    const options = `dataset = "imagenet:${tar}", size = 64`;
    const outputs = 'train = "train/"';
    const again = await prepare(folder, options, { outputs });
    assert.equal(again.result.state, "done");
  }));

Deno.test("prepare holds out about a share by ids alone, whatever the store", () =>
  inFolder(async (folder) => {
    const tar = join(folder, "train.tar");
    await writeImagenetTar(tar, { synsets: ["n01440764"], pictures: 400 });
    const splits = async (store: string) => {
      const options = `dataset = "imagenet:${tar}", store = "${store}", ` +
        "heldoutShare = 0.25";
      const { train, heldout } = await prepare(folder, options);
      return [(await read(train)).titles, (await read(heldout)).titles];
    };
    const [train, heldout] = await splits("index");
    assert.equal(new Set([...train!, ...heldout!]).size, 400);
    // Four standard deviations of 100.
    assert.ok(Math.abs(heldout!.length - 100) < 35, `${heldout!.length}`);
    const ids = (titles: string[]) => titles.map((title) => title.slice(-20));
    assert.deepEqual(
      (await splits("original")).map(ids),
      [ids(train!), ids(heldout!)],
    );
  }));

Deno.test("prepare copies files as they are, into shards or one file", () =>
  inFolder(async (folder) => {
    const set = await noise(folder);
    const options = `dataset = "folder:${set}", store = "original"`;
    const one = await prepare(folder, options, {
      outputs: 'train = "one.safetensors"',
    });
    const cut = await prepare(folder, options, { outputs: 'train = "cut/"' });
    const names = [...Deno.readDirSync(cut.train)].map(({ name }) => name);
    assert.deepEqual(names.sort(), [
      "artifact.safetensors",
      "shard-00000.safetensors",
    ]);
    const [first, second] = [await read(one.train), await read(cut.train)];
    assert.equal(first.form, "encoded");
    assert.deepEqual(second.files, first.files);
    assert.deepEqual(second.labels, first.labels);
    assert.deepEqual([...first.labels], [0, 0, 0, 1, 1, 1]);
    const files = [...first.titles.entries()];
    for (const [index, title] of files) {
      const file = await Deno.readFile(join(set, title));
      assert.deepEqual(first.files[index], file);
    }
  }));

Deno.test("prepare scales what is larger once to what crops need", () =>
  inFolder(async (folder) => {
    const set = await noise(folder);
    const run = async (more: string) => {
      const options = `dataset = "folder:${set}", store = "resized", ` +
        `size = 13, ${more}`;
      return await read((await prepare(folder, options)).train);
    };
    // ceil(13 / 0.8) is 17, so 60 x 40 becomes 26 x 17 and 20 x 16 stays.
    const lossless = await run('format = "webp", heldoutShare = 0');
    assert.deepEqual(
      [lossless.config["smallerSide"], lossless.config["format"]],
      [17, "webp"],
    );
    const original = await Deno.readFile(join(set, "0/2.png"));
    const whole = await decodeRgb(original, { name: "original" });
    const stored = await decodeRgb(lossless.files[2]!, { name: "stored" });
    const wanted = scaleSmallerSide(whole, 17);
    assert.deepEqual([wanted.width, wanted.height], [26, 17]);
    assert.deepEqual(stored, wanted);
    const small = await Deno.readFile(join(set, "1/0.png"));
    assert.deepEqual(lossless.files[3], small);
    const jpeg = await run("quality = 80, heldoutShare = 0");
    const { width, height, format, chromaSubsampling } = await sharp(
      jpeg.files[0],
    ).metadata();
    assert.deepEqual(
      { width, height, format, chromaSubsampling },
      { width: 26, height: 17, format: "jpeg", chromaSubsampling: "4:4:4" },
    );
    assert.equal(jpeg.config["quality"], 80);
    const options = jpeg.recipe!["options"] as Record<string, unknown>;
    assert.deepEqual(
      [options["size"], options["minFraction"], options["quality"]],
      [13, 0.8, 80],
    );
  }));

Deno.test("prepare names broken pictures and leaves them out where asked", () =>
  inFolder(async (folder) => {
    const set = await noise(folder);
    const bad = join(set, "0/1.png");
    await Deno.writeFile(bad, (await Deno.readFile(bad)).subarray(0, 90));
    const options = `dataset = "folder:${set}", store = "index"`;
    // Nothing is decoded, so that nobody sees it before it is used.
    const blind = await prepare(folder, options);
    assert.equal(blind.result.summary?.["train"], 5);
    assert.equal(blind.result.summary?.["heldout"], 1);
    const asked = await prepare(
      folder,
      `${options}, skipBroken = true, heldoutShare = 0`,
    );
    assert.equal(asked.result.summary?.["train"], 5);
    const told = asked.lines.find((line) => line.includes("Skipped"));
    assert.ok(told?.includes(`1 broken picture: "${bad}"`), told);
    await assert.rejects(
      prepare(folder, `dataset = "folder:${set}", store = "resized"`),
      { name: "UserError", message: /0\/1\.png/ },
    );
  }));

Deno.test("prepare refuses stores that a dataset or a split rule lacks", () =>
  inFolder(async (folder) => {
    await assert.rejects(
      prepare(folder, 'dataset = "emoji", store = "original"'),
      /pictures of "emoji" as files: expected one of folder:PATH/,
    );
    const set = await noise(folder);
    await assert.rejects(
      prepare(
        folder,
        `dataset = "folder:${set}", store = "index", splitBy = "content"`,
      ),
      /by content with store "index": pictures are not compared/,
    );
  }));
