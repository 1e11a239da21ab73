import assert from "node:assert/strict";
import { join } from "node:path";
import type {
  ArtifactContents,
  ArtifactReader,
} from "../../../../../lib/artifact/mod.ts";
import { hostTensor } from "../../../../../lib/tensor/mod.ts";
import { openEncodedImages } from "../../../../../lib/workflow/sets/mod.ts";
import { inFolder } from "../../../artifact/_bytes.ts";
import { madeEncoded, madeIndex, PICTURES, written } from "./_made.ts";

/** What can be asked of encoded images, read. */
async function read(reader: ArtifactReader) {
  const images = await openEncodedImages(reader);
  const bytes: Uint8Array[] = [];
  for (let i = 0; i < images.count; i++) bytes.push(await images.bytes(i));
  const titles = bytes.map((_, i) => images.title(i));
  const places = bytes.map((_, i) => images.place(i));
  const { labels, classes, flips } = images;
  images.close();
  reader.close();
  return { bytes, titles, places, labels: [...labels], classes, flips };
}

Deno.test("openEncodedImages() reads bytes where an index says that they lie", () =>
  inFolder(async (folder) => {
    const index = await madeIndex(folder);
    const found = await read(await written(folder, index));
    const tar = join(folder, "set/a.tar");
    const picture = join(folder, "set/two/c.jpg");
    assert.deepEqual(found, {
      bytes: PICTURES,
      titles: [`${tar}: one/a.jpg`, `${tar}: two/b.jpg`, picture],
      places: [
        { file: tar, offset: 10, length: 5 },
        { file: tar, offset: 50, length: 14 },
        { file: picture, offset: 0, length: 5 },
      ],
      labels: [0, 1, 1],
      classes: ["one", "two"],
      flips: [true, false],
    });
  }));

Deno.test("openEncodedImages() reads bytes that lie in the artifact", () =>
  inFolder(async (folder) => {
    const reader = await written(folder, madeEncoded());
    const { name } = reader;
    const found = await read(reader);
    assert.deepEqual(found.bytes, PICTURES);
    assert.deepEqual(found.titles[2], `${name}: 2.jpg`);
    assert.deepEqual(found.places, [undefined, undefined, undefined]);
  }));

Deno.test("an index moves together with containers below its folder", () =>
  inFolder(async (folder) => {
    await Deno.mkdir(join(folder, "old"));
    const index = await madeIndex(join(folder, "old"));
    (await written(join(folder, "old"), index)).close();
    await Deno.rename(join(folder, "old"), join(folder, "new"));
    const moved = await written(join(folder, "new"), index);
    assert.deepEqual((await read(moved)).bytes, PICTURES);
  }));

Deno.test("openEncodedImages() names a container that has changed or gone", () =>
  inFolder(async (folder) => {
    const index = await madeIndex(folder);
    const refused = async (message: RegExp) => {
      const reader = await written(folder, index);
      await assert.rejects(openEncodedImages(reader), {
        name: "UserError",
        message,
      });
      reader.close();
    };
    const tar = join(folder, "set/a.tar");
    const bytes = await Deno.readFile(tar);
    await Deno.writeFile(tar, bytes.with(60, 1));
    await refused(/"[^"]*a\.tar" has changed: expected samples of digest/);
    await Deno.writeFile(tar, bytes.subarray(1));
    await refused(/a\.tar" has changed: expected 100 bytes, found 99/);
    await Deno.remove(tar);
    await refused(/its container "[^"]*a\.tar": no such file/);
    await Deno.mkdir(tar);
    await refused(/its container "[^"]*a\.tar" is no file/);
    await Deno.remove(tar);
    await Deno.writeFile(tar, bytes);
    // Of folders, each picture is held to its size when it is read.
    await Deno.writeFile(join(folder, "set/two/c.jpg"), new Uint8Array(6));
    const reader = await written(folder, index);
    await assert.rejects(
      read(reader),
      /c\.jpg": expected 5 bytes, found 6/,
    );
    reader.close();
  }));

Deno.test("openEncodedImages() refuses columns that lie", () =>
  inFolder(async (folder) => {
    const index = await madeIndex(folder);
    const encoded = madeEncoded();
    const u64 = (...values: readonly bigint[]) => ({
      dtype: "U64" as const,
      shape: [values.length],
      data: new Uint8Array(BigUint64Array.from(values).buffer),
    });
    const u32 = (...values: readonly number[]) =>
      hostTensor("u32", [values.length], Uint32Array.from(values));
    const changes: readonly [ArtifactContents, object, RegExp][] = [
      [index, { offsets: u64(96n, 0n, 0n) }, /image 0 ends at byte 101 of 100/],
      [
        index,
        { offsets: u64(0n, 2n ** 53n, 0n) },
        /offset of image 1: .*2\^53/,
      ],
      [
        index,
        { lengths: u32(5, 2 ** 28 + 1, 5) },
        /at most 268435456 bytes of image 1, found 268435457/,
      ],
      [
        index,
        { containers: u32(0, 7, 1) },
        /image 1 lies in container 7, expected one of 2/,
      ],
      [index, { id_ends: u32(9, 8, 27) }, /id of image 1: .*from 9 to 8/],
      [index, { id_ends: u32(9, 18, 28) }, /id of image 2: .*of the 27 bytes/],
      [index, { id_ends: u32(9, 18, 26) }, /expected 26 bytes .* 27 bytes/],
      [
        index,
        { ids: hostTensor("u8", [27], new Uint8Array(27).fill(27)) },
        /without control characters, found one at byte 0/,
      ],
      [
        index,
        { labels: hostTensor("i32", [3], Int32Array.of(0, 2, 1)) },
        /label 2 of image 1 is out of range/,
      ],
      [encoded, { offsets: u64(0n, 5n, 20n) }, /image 2 ends at byte 25 of 24/],
    ];
    for (const [contents, tensors, message] of changes) {
      const reader = await written(folder, {
        ...contents,
        tensors: { ...contents.tensors, ...tensors },
      });
      await assert.rejects(openEncodedImages(reader), {
        name: "UserError",
        message,
      });
      reader.close();
    }
  }));

Deno.test("openEncodedImages() refuses containers that lie", () =>
  inFolder(async (folder) => {
    const { config, ...index } = await madeIndex(folder);
    const [tar, classes] = config["containers"] as readonly object[];
    const changes: readonly [unknown, RegExp][] = [
      [undefined, /config\.containers: expected array, found nothing/],
      [[{ ...tar, form: "toString" }, classes], /config\.containers\.0\.form/],
      [[{ ...tar, size: -1 }, classes], /config\.containers\.0\.size/],
      [[tar, { ...classes, more: 1 }], /config\.containers\.1/],
      [
        [{ ...tar, path: "../../etc/passwd" }, classes],
        /expected absolute paths and those below its folder, found "\.\.\/\.\./,
      ],
      [
        [{ ...tar, path: "a\u001b[2J" }, classes],
        /containers\.0\.path: expected text without control characters/,
      ],
      [[tar], /image 2 lies in container 1, expected one of 1/],
    ];
    for (const [containers, message] of changes) {
      const lying = { ...config, containers };
      const reader = await written(folder, { ...index, config: lying });
      await assert.rejects(openEncodedImages(reader), {
        name: "UserError",
        message,
      });
      reader.close();
    }
  }));
