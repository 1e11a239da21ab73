import assert from "node:assert/strict";
import {
  type ArtifactContents,
  assertLabels,
  createArtifact,
  digestFile,
  openArtifact,
  UserError,
  writeArtifact,
  writeSafetensors,
} from "../../../lib/artifact/mod.ts";
import type { HostTensor } from "../../../lib/tensor/host_tensor.ts";
import { inFolder } from "./_bytes.ts";

function images(count: number, labels = count): ArtifactContents {
  return {
    kind: "images",
    tensors: {
      images: {
        dtype: "u8",
        shape: [count, 2, 2, 3],
        data: new Uint8Array(count * 12).fill(7),
      },
      labels: { dtype: "i32", shape: [labels], data: new Int32Array(labels) },
    },
    config: { classes: ["one"] },
    recipe: { stage: "prepare", seed: 0 },
  };
}

Deno.test("writeArtifact() and openArtifact() agree", () =>
  inFolder(async (folder) => {
    const path = `${folder}/new/a.safetensors`;
    await writeArtifact(path, images(3));
    const reader = await openArtifact(path, "images");
    assert.deepEqual({ ...reader.sizes }, { images: 3, height: 2, width: 2 });
    assert.deepEqual(reader.config, { classes: ["one"] });
    assert.deepEqual(reader.recipe, { stage: "prepare", seed: 0 });
    const digest = await reader.digest();
    reader.close();
    await writeArtifact(path, images(3));
    assert.equal(await digestFile(path), digest);
    const names = [...Deno.readDirSync(`${folder}/new`)].map(({ name }) =>
      name
    );
    assert.deepEqual(names, ["a.safetensors"]);
  }));

Deno.test("createArtifact() in pieces gives the bytes of writeArtifact()", () =>
  inFolder(async (folder) => {
    const whole = images(3);
    await writeArtifact(`${folder}/a`, whole);
    const writer = await createArtifact(`${folder}/b`, whole);
    const { images: pixels, labels } = whole.tensors;
    await writer.writeRows("images", {
      start: 1,
      data: pixels!.data.subarray(12),
    });
    await writer.writeRows("labels", { start: 0, data: labels!.data });
    await writer.writeRows("images", {
      start: 0,
      data: pixels!.data.subarray(0, 12),
    });
    await writer.commit();
    assert.equal(
      await digestFile(`${folder}/a`),
      await digestFile(`${folder}/b`),
    );
  }));

Deno.test("createArtifact() sends a stream what comes in order at once", () =>
  inFolder(async (folder) => {
    const whole = images(3);
    await writeArtifact(`${folder}/a`, whole);
    const sent: Uint8Array[] = [];
    const stream = new WritableStream<Uint8Array>({
      write: (bytes) => void sent.push(bytes.slice()),
    });
    const length = () => sent.reduce((sum, { length }) => sum + length, 0);
    const writer = await createArtifact(stream, whole);
    const head = length();
    const { images: { data: pixels }, labels } = whole.tensors as Record<
      "images" | "labels",
      HostTensor
    >;
    await writer.writeRows("images", { start: 1, data: pixels.subarray(12) });
    assert.equal(length(), head);
    await writer.writeRows("labels", { start: 0, data: labels.data });
    assert.equal(length(), head + 12);
    const data = pixels.subarray(0, 12);
    await writer.writeRows("images", { start: 0, data });
    assert.equal(length(), head + 12 + 36);
    await writer.commit();
    const bytes = new Uint8Array(await new Blob(sent as never).arrayBuffer());
    assert.deepEqual(bytes, await Deno.readFile(`${folder}/a`));
  }));

Deno.test("createArtifact() leaves nothing when bytes are missing", () =>
  inFolder(async (folder) => {
    const writer = await createArtifact(`${folder}/b`, images(3));
    await assert.rejects(writer.commit(), /48 bytes were not written/);
    assert.equal([...Deno.readDirSync(folder)].length, 0);
  }));

Deno.test("openArtifact() refuses what its kind does not allow", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a`;
    const { tensors } = images(2);
    const cases: [
      Record<string, HostTensor>,
      Record<string, string>,
      RegExp,
    ][] = [
      [{}, {}, /"kind" to be images, found none/],
      [{}, { kind: "svae" }, /expected kind images, found "svae"/],
      [{}, { kind: "images" }, /expected format "1", found none/],
      [{}, { kind: "images", format: "9" }, /found "9"/],
      [{}, { kind: "images", format: "1" }, /"config" is missing/],
      [{}, good("["), /"config": it is no JSON: /],
      [{}, good("[]"), /"config": expected a JSON object, found "\[\]"/],
      [{}, good('{"a":1e999}'), /"config": it is no JSON: Number 1e999 is out/],
      [
        {},
        good(`{"a":${"[".repeat(20_000)}${"]".repeat(20_000)}}`),
        /"config": it is no JSON: Nested deeper than 16/,
      ],
      [{}, good(), /tensor "images": expected U8 .*, found none/],
      [
        images(2, 3).tensors as Record<string, HostTensor>,
        good(),
        /expected I32 \[images = 2\], found I32 \[3\]/,
      ],
      [
        { ...tensors, extra: tensors.labels } as Record<string, HostTensor>,
        good(),
        /found "extra"/,
      ],
    ];
    for (const [held, metadata, message] of cases) {
      await writeSafetensors(path, { tensors: held, metadata });
      await assert.rejects(openArtifact(path, "images"), (error: Error) => {
        assert.ok(error instanceof UserError);
        assert.match(error.message, message);
        return error.message.includes(path);
      });
    }
  }));

function good(config = "{}"): Record<string, string> {
  return { kind: "images", format: "1", config };
}

Deno.test("readAll() refuses weights that are not finite", () =>
  inFolder(async (folder) => {
    const data = new Float32Array([0, NaN]);
    await writeArtifact(`${folder}/w`, {
      kind: "svae",
      tensors: { "a.weight": { dtype: "f32", shape: [2], data } },
      config: {},
    });
    const reader = await openArtifact(`${folder}/w`, "svae");
    await assert.rejects(
      reader.readAll(),
      /tensor "a.weight" holds NaN at element 1 of 2/,
    );
    reader.close();
  }));

Deno.test("writeArtifact() turns a bad place into one clear line", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/file`, "");
    await Deno.mkdir(`${folder}/folder`);
    await Deno.writeTextFile(`${folder}/folder/letter.txt`, "dear");
    for (const path of [`${folder}/file/a`, `${folder}/folder`]) {
      await assert.rejects(writeArtifact(path, images(1)), UserError);
    }
    using full = await Deno.open("/dev/full", { write: true });
    const stream = new WritableStream<Uint8Array>({
      write: async (bytes) => void await full.write(bytes),
    });
    await assert.rejects(writeArtifact(stream, images(1)), {
      name: "UserError",
      message: "Cannot write to the stream: no space left on the device",
    });
  }));

Deno.test("writers remove what killed writers left", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/.a.999999999-0.partial`, "half");
    await Deno.writeTextFile(`${folder}/.a.${Deno.pid}-77.partial`, "other");
    await writeArtifact(`${folder}/a`, images(1));
    const names = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
    assert.deepEqual(names, [`.a.${Deno.pid}-77.partial`, "a"]);
  }));

Deno.test("assertLabels() refuses classes that do not exist", () => {
  const labels: HostTensor = {
    dtype: "i32",
    shape: [3],
    data: new Int32Array([0, 9, 10]),
  };
  assertLabels(labels, { classes: 11, file: "x" });
  assert.throws(
    () => assertLabels(labels, { classes: 10, file: "x" }),
    /"x": label 10 of image 2 is out of range, expected 0 to 9/,
  );
});

Deno.test("writeArtifact() leaves devices and links what they are", () =>
  inFolder(async (folder) => {
    await writeArtifact("/dev/null", images(1));
    assert.ok((await Deno.stat("/dev/null")).isCharDevice);
    await assert.rejects(writeArtifact("/dev/full", images(1)), {
      name: "UserError",
      message: 'Cannot write "/dev/full": no space left on the device',
    });
    assert.ok((await Deno.stat("/dev/full")).isCharDevice);
    await Deno.mkdir(`${folder}/far`);
    await writeArtifact(`${folder}/far/a`, images(1));
    await Deno.symlink(`${folder}/far/a`, `${folder}/link`);
    await writeArtifact(`${folder}/link`, images(2));
    assert.ok((await Deno.lstat(`${folder}/link`)).isSymlink);
    const reader = await openArtifact(`${folder}/far/a`);
    assert.equal(reader.sizes.images, 2);
    reader.close();
  }));
