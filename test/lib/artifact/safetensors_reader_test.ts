import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type Defect,
  DEFECTS,
  FormatError,
  openSafetensors,
  SafetensorsStream,
  UserError,
  writeSafetensors,
} from "../../../lib/artifact/mod.ts";
import {
  ELEMENT_BYTES,
  type HostTensor,
  sizeOf,
} from "../../../lib/tensor/host_tensor.ts";
import { fileBytes, inFolder } from "./_bytes.ts";

const ENTRY = '"dtype":"U8","shape":[2],"data_offsets":[0,2]';

/** Every defect as a literal file, with a part of the message it must give. */
const MALFORMED: readonly [Defect, Uint8Array<ArrayBuffer>, string][] = [
  ["FileTooShort", new Uint8Array([1, 0, 0]), "found 3"],
  [
    "HeaderTooLarge",
    new Uint8Array([255, 255, 255, 255, 255, 255, 255, 255, 123]),
    "found 18446744073709551615; it may be no safetensors file",
  ],
  [
    "HeaderTooLarge",
    new TextEncoder().encode("PK\x03\x04----{"),
    "it is a zip archive; import reads PyTorch checkpoints",
  ],
  ["HeaderTruncated", fileBytes("{}").subarray(0, 9), "found 9"],
  [
    "HeaderNotUtf8",
    new Uint8Array([2, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0xff]),
    "2 bytes",
  ],
  ["HeaderNotJson", fileBytes('{"a":}'), "at character 5"],
  ["HeaderNotJson", fileBytes('{"a'), "Open string"],
  ["HeaderNotJson", fileBytes("[".repeat(40)), "Nested deeper"],
  ["HeaderNotJson", fileBytes("{} x"), "the end"],
  ["HeaderNotJson", fileBytes("\ufeff{}"), "a value"],
  ["HeaderNotObject", fileBytes("[]"), '"["'],
  ["HeaderNotObject", fileBytes(" {}"), '" "'],
  ["DuplicateKey", fileBytes(`{"a":{${ENTRY}},"a":{${ENTRY}}}`), '"a"'],
  ["DuplicateKey", fileBytes(`{"a":{"dtype":"U8",${ENTRY}}}`), '"dtype"'],
  ["MetadataNotStrings", fileBytes('{"__metadata__":{"k":1}}'), '"k"'],
  ["MetadataNotStrings", fileBytes('{"__metadata__":[]}'), "an object"],
  ["BadName", fileBytes(`{"":{${ENTRY}}}`, [1, 2]), '""'],
  ["BadName", fileBytes(`{"\\u001b":{${ENTRY}}}`, [1, 2]), "\\u001b"],
  ["BadName", fileBytes(`{"\\ud800":{${ENTRY}}}`, [1, 2]), "\\ud800"],
  ["EntryNotObject", fileBytes('{"a":7}'), "found 7"],
  ["MissingField", fileBytes('{"a":{"dtype":"U8","shape":[]}}'), "offsets"],
  [
    "UnknownDType",
    fileBytes('{"a":{"dtype":"F8","shape":[],"data_offsets":[0,1]}}', [0]),
    '"F8"',
  ],
  [
    "BadShape",
    fileBytes('{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}}', [0]),
    "[-1]",
  ],
  [
    "BadShape",
    fileBytes('{"a":{"dtype":"U8","shape":[0.5],"data_offsets":[0,1]}}', [0]),
    "[0.5]",
  ],
  [
    "SizeOverflow",
    fileBytes(
      '{"a":{"dtype":"U8","shape":[4294967296,4294967296],' +
        '"data_offsets":[0,0]}}',
    ),
    "4294967296",
  ],
  [
    "BadOffsets",
    fileBytes('{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,0]}}', [0]),
    "[1,0]",
  ],
  [
    "BadOffsets",
    fileBytes('{"a":{"dtype":"U8","shape":[1],"data_offsets":[0]}}', [0]),
    "[0]",
  ],
  [
    "SizeMismatch",
    fileBytes('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,2]}}', [0, 0]),
    "expected 4 bytes for F32 [1], found 2",
  ],
  [
    "Overlap",
    fileBytes(
      `{"a":{${ENTRY}},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}`,
      [1, 2, 3],
    ),
    '"b"',
  ],
  [
    "Hole",
    fileBytes('{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}', [1, 2]),
    "found 1",
  ],
  ["DataTruncated", fileBytes(`{"a":{${ENTRY}}}`, [1]), "found 62"],
  ["TrailingBytes", fileBytes(`{"a":{${ENTRY}}}`, [1, 2, 3]), "found 64"],
];

for (const [index, [defect, bytes, part]] of MALFORMED.entries()) {
  Deno.test(`openSafetensors() names ${defect} (${index})`, () =>
    inFolder(async (folder) => {
      const path = `${folder}/bad.safetensors`;
      await Deno.writeFile(path, bytes);
      const error = await openSafetensors(path).then(() => undefined, (e) => e);
      assert.ok(error instanceof FormatError, `${error}`);
      assert.equal(error.defect, defect);
      assert.ok(error.message.includes(path), error.message);
      assert.ok(error.message.includes(part), error.message);
      assert.ok(!error.message.includes("\n"), error.message);
    }));
}

Deno.test("every defect of one file has a malformed file", () => {
  const tested = new Set(MALFORMED.map(([defect]) => defect));
  const missing = Object.keys(DEFECTS).filter((name) =>
    !tested.has(name as Defect)
  );
  assert.deepEqual(missing, ["IndexMismatch"]);
});

Deno.test("openSafetensors() refuses hostile headers quickly", async () => {
  await inFolder(async (folder) => {
    for (const text of ['{"', '{"a":' + "1", '{"\\\\', "{ "]) {
      const path = `${folder}/hostile`;
      await Deno.writeFile(path, fileBytes(text + text.at(-1)!.repeat(5e6)));
      await assert.rejects(openSafetensors(path), FormatError);
    }
  });
});

Deno.test("openSafetensors() explains files it cannot open", () =>
  inFolder(async (folder) => {
    await Deno.mkdir(`${folder}/empty`);
    await assert.rejects(openSafetensors(`${folder}/none`), UserError);
    await assert.rejects(openSafetensors(`${folder}/empty`), {
      name: "UserError",
      message: /"model\.safetensors\.index\.json" in it, found neither/,
    });
  }));

const SHAPE = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 });
const DTYPE = fc.constantFrom(
  ...Object.keys(ELEMENT_BYTES) as HostTensor["dtype"][],
);
const TENSOR = fc.record({ dtype: DTYPE, shape: SHAPE, fill: fc.nat(255) }).map(
  ({ dtype, shape, fill }): HostTensor => {
    const bytes = new Uint8Array(sizeOf(shape) * ELEMENT_BYTES[dtype]);
    bytes.forEach((_, index) => bytes[index] = fill + index);
    const types = {
      f32: Float32Array,
      f64: Float64Array,
      f16: Uint16Array,
      i32: Int32Array,
      u32: Uint32Array,
      u8: Uint8Array,
      bool: Uint8Array,
    };
    return { dtype, shape, data: new types[dtype](bytes.buffer) };
  },
);
const NAME = fc.string({ unit: "grapheme", minLength: 1 }).filter((name) =>
  !/\p{Cc}/u.test(name) && name !== "__metadata__"
);
const FILE = fc.record({
  tensors: fc.dictionary(NAME, TENSOR, { maxKeys: 6 }),
  metadata: fc.dictionary(fc.string(), fc.string(), { maxKeys: 3 }),
});

function bytesOf({ data }: HostTensor): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

Deno.test("writeSafetensors() round trips files and streams", () =>
  inFolder(async (folder) => {
    await fc.assert(
      fc.asyncProperty(FILE, async (contents) => {
        const path = `${folder}/file.safetensors`;
        await writeSafetensors(path, contents);
        const stream = new SafetensorsStream((await Deno.open(path)).readable);
        const inStream = await stream.next();
        assert.equal(await stream.next(), undefined);
        for (const reader of [await openSafetensors(path), inStream!]) {
          assert.deepEqual({ ...reader.metadata }, { ...contents.metadata });
          const names = Object.keys(contents.tensors).sort();
          assert.deepEqual([...reader.tensors.keys()].sort(), names);
          for (const [name, tensor] of Object.entries(contents.tensors)) {
            const read = await reader.read(name);
            assert.equal(read.dtype, tensor.dtype);
            assert.deepEqual(read.shape, tensor.shape);
            assert.deepEqual(bytesOf(read), bytesOf(tensor));
          }
          reader.close();
        }
      }),
      { numRuns: 60 },
    );
  }));

Deno.test("a changed header byte parses or gives a FormatError", () =>
  inFolder(async (folder) => {
    const path = `${folder}/file.safetensors`;
    const whole = fileBytes(
      `{"__metadata__":{"kind":"x"},"a":{${ENTRY}},` +
        '"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}',
      [1, 2, 3, 4, 5, 6],
    );
    const at = fc.nat(whole.length - 7);
    await fc.assert(
      fc.asyncProperty(at, fc.nat(255), async (index, value) => {
        const changed = whole.slice();
        changed[index] = value;
        await Deno.writeFile(path, changed);
        try {
          (await openSafetensors(path)).close();
        } catch (error) {
          assert.ok(error instanceof FormatError, `${error}`);
        }
      }),
      { numRuns: 500 },
    );
  }));

Deno.test("readRows() gives a range of the first axis", () =>
  inFolder(async (folder) => {
    const path = `${folder}/rows.safetensors`;
    const data = Int32Array.from({ length: 12 }, (_, index) => index);
    const a: HostTensor = { dtype: "i32", shape: [4, 3], data };
    await writeSafetensors(path, { tensors: { a } });
    const reader = await openSafetensors(path);
    const rows = await reader.readRows("a", { start: 1, count: 2 });
    assert.deepEqual(rows.shape, [2, 3]);
    assert.deepEqual([...rows.data], [3, 4, 5, 6, 7, 8]);
    const past = reader.readRows("a", { start: 3, count: 2 });
    await assert.rejects(past, RangeError);
    await assert.rejects(
      reader.read("b"),
      /Cannot find tensor "b".*holds 1: a/,
    );
    reader.close();
  }));

Deno.test("openSafetensors() reads shards and checks their index", () =>
  inFolder(async (folder) => {
    const tensor = (value: number): HostTensor => ({
      dtype: "u8",
      shape: [],
      data: new Uint8Array([value]),
    });
    await writeSafetensors(`${folder}/1.safetensors`, {
      tensors: { a: tensor(1) },
      metadata: { kind: "svae" },
    });
    await writeSafetensors(`${folder}/2.safetensors`, {
      tensors: { b: tensor(2) },
    });
    const index = `${folder}/model.safetensors.index.json`;
    const map = (a: string, b: string) =>
      Deno.writeTextFile(index, JSON.stringify({ weight_map: { a, b } }));
    await map("1.safetensors", "2.safetensors");
    const reader = await openSafetensors(folder);
    assert.equal(reader.metadata.kind, "svae");
    assert.deepEqual([...(await reader.read("b")).data], [2]);
    assert.equal((await reader.digest()).length, 64);
    reader.close();
    const bad = { name: "FormatError", defect: "IndexMismatch" };
    for (const [a, b] of [["2", "1"], ["1", "1"], ["../1", "2"]]) {
      await map(`${a}.safetensors`, `${b}.safetensors`);
      await assert.rejects(openSafetensors(folder), bad);
    }
    await Deno.writeTextFile(index, "{");
    await assert.rejects(openSafetensors(folder), bad);
  }));
