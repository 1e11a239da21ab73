import assert from "node:assert/strict";
import { join } from "node:path";
import { crc32, deflateRawSync } from "node:zlib";
import { createAtomic, UserError } from "../../../lib/artifact/mod.ts";
import { openNpz, writeNpz } from "../../../lib/interop/mod.ts";
import { inFolder } from "../artifact/_bytes.ts";
import { bytesOf, joined, little, type TestEntry, zipOf } from "./_archives.ts";

const HERE = import.meta.dirname!;

for (const name of ["stored", "deflated"]) {
  Deno.test(`openNpz() reads what NumPy writes, ${name}`, async () => {
    const file = await openNpz(join(HERE, `${name}.npz`));
    const { dtype, shape } = file.arrays.get("arr_0")!;
    assert.deepEqual([dtype, shape], ["u8", [5, 4, 4, 3]]);
    const rows = await file.readRows("arr_0", { start: 2, count: 2 });
    assert.deepEqual(rows.shape, [2, 4, 4, 3]);
    const byte = (k: number) => k * 7 % 256;
    const expected = Array.from({ length: 96 }, (_, k) => byte(96 + k));
    assert.deepEqual([...rows.data], expected);
    // Back to the start, and to the end.
    for (const start of [0, 4]) {
      const [first] = (await file.readRows("arr_0", { start, count: 1 })).data;
      assert.equal(first, byte(48 * start));
    }
    assert.deepEqual([...(await file.read("mu")).data], [0, 1 / 7, 2 / 7]);
    const turned = await file.read("sigma");
    assert.deepEqual(turned.shape, [2, 3]);
    assert.deepEqual([...turned.data], [0, 1, 2, 3, 4, 5]);
    await assert.rejects(
      file.readRows("sigma", { start: 0, count: 1 }),
      /lies column by column/,
    );
    const single = await file.read("single");
    assert.deepEqual([single.dtype, single.shape], ["f32", []]);
    const labels = await file.read("labels");
    assert.deepEqual([...labels.data], [3, -1, 2 ** 31 - 1]);
    assert.equal(labels.dtype, "i32");
    assert.deepEqual([...(await file.read("few")).data], [1.5, -2]);
    await assert.rejects(
      file.read("other"),
      /has no array "other", found "arr_0", "mu"/,
    );
    await assert.rejects(
      file.readRows("arr_0", { start: 4, count: 2 }),
      RangeError,
    );
    file.close();
  });
}

Deno.test("openNpz() reads what writeNpz() writes", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a.npz");
    async function* pieces() {
      yield Uint8Array.of(1, 2, 3, 4);
    }
    const array = { shape: [2, 2], pieces: pieces() };
    await writeNpz(await createAtomic(path), { arr_0: array });
    const file = await openNpz(path);
    assert.deepEqual([...(await file.read("arr_0")).data], [1, 2, 3, 4]);
    file.close();
  }));

/** An array file of one header and some bytes. */
function npyOf(
  header: string,
  data: readonly number[] = [1, 2],
): Uint8Array<ArrayBuffer> {
  const text = bytesOf(header);
  const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0];
  return joined(magic, little(text.length, 2), text, data);
}

function dictionary(
  { descr = "|u1", order = "False", shape = "(2,)" } = {},
): string {
  return `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }\n`;
}

/** Refuses an archive that is opened and whose first array is read. */
async function refused(
  entries: readonly TestEntry[],
  expected: RegExp,
): Promise<void> {
  await inFolder(async (folder) => {
    const path = join(folder, "bad.npz");
    await Deno.writeFile(path, zipOf(entries));
    const read = async () => {
      const file = await openNpz(path);
      try {
        await file.read("a");
      } finally {
        file.close();
      }
    };
    await assert.rejects(read, (error) => {
      assert.ok(error instanceof UserError, String(error));
      assert.match(error.message, /^Cannot read ".*bad\.npz": [^\n]*$/);
      assert.match(error.message, expected);
      return true;
    });
  });
}

const BAD: Readonly<Record<string, readonly [Uint8Array, RegExp]>> = {
  "no array": [bytesOf("hello, world"), /"a\.npy": it is no NumPy array/],
  "a later format": [
    npyOf(dictionary()).fill(9, 6, 7),
    /its format is version 9/,
  ],
  "pickled objects": [
    npyOf(dictionary({ descr: "|O" })),
    /"\|O", pickled Python objects, expected one of \|u1/,
  ],
  "big-endian numbers": [
    npyOf(dictionary({ descr: ">f4" })),
    /its numbers are ">f4"/,
  ],
  "a list of fields": [
    npyOf(
      "{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (2,), }\n",
    ),
    /expected a dictionary/,
  ],
  "code in its header": [
    npyOf(dictionary({ shape: "__import__('os')" })),
    /expected a dictionary/,
  ],
  "a key twice": [
    npyOf(
      "{'shape': (2,), 'shape': (2,), 'descr': '|u1', 'fortran_order': False}",
    ),
    /says shape twice/,
  ],
  "a key too few": [
    npyOf("{'descr': '|u1', 'shape': (2,)}"),
    /expected a dict/,
  ],
  "a negative size": [
    npyOf(dictionary({ shape: "(-2,)" })),
    /shape is "\(-2,\)"/,
  ],
  "a size past 2^53": [
    npyOf(dictionary({ shape: "(99999999999, 99999999999)" })),
    /shape is "\(99999999999, /,
  ],
  "too few numbers": [
    npyOf(dictionary({ shape: "(3,)" })),
    /has 2 bytes of numbers, its shape \[3\] needs 3/,
  ],
  "too many numbers": [
    npyOf(dictionary({ shape: "(1,)" })),
    /has 2 bytes of numbers, its shape \[1\] needs 1/,
  ],
  "a header longer than itself": [
    npyOf(dictionary()).fill(0xff, 8, 10),
    /its header has 65535 bytes/,
  ],
  "a whole number of 64 bits": [
    npyOf(dictionary({ descr: "<i8", shape: "(1,)" }), [
      0,
      0,
      0,
      0,
      1,
      0,
      0,
      0,
    ]),
    /whole number is 4294967296, expected one of 32 bits/,
  ],
};

for (const [what, [data, expected]] of Object.entries(BAD)) {
  Deno.test(`openNpz() refuses ${what}`, () =>
    refused([{ name: "a.npy", data }], expected));
}

Deno.test("openNpz() refuses an array that ends behind its magic word", () =>
  inFolder(async (folder) => {
    const path = join(folder, "bad.npz");
    const data = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59);
    await Deno.writeFile(path, zipOf([{ name: "a.npy", data }]));
    await assert.rejects(openNpz(path), /"a\.npy": it ends within its header$/);
  }));

Deno.test("openNpz() refuses members that are no arrays", () =>
  refused([{ name: "a.txt", data: "a" }], /expected a name with \.npy/));

Deno.test("openNpz() refuses an archive without the array", () =>
  refused([{ name: "b.npy", data: npyOf(dictionary()) }], /no array "a"/));

/** A deflated entry as an honest writer has it. */
function deflated(data: Uint8Array): TestEntry {
  const packed = deflateRawSync(data);
  return { name: "a.npy", data: packed, method: 8, packed: packed.length };
}

Deno.test("openNpz() refuses deflated members that are not what they say", async () => {
  const data = npyOf(dictionary());
  const good = { ...deflated(data), size: data.length, crc: crc32(data) };
  await refused([{ ...good, crc: 1 }], /its checksum is [0-9a-f]+, expected 1/);
  const short = { ...good, size: data.length - 1 };
  await refused([short], /holds more than \d+ bytes|1 bytes of numbers/);
  await refused(
    [{ ...good, size: 2 ** 32 - 2 }],
    /cannot hold 4294967294 bytes/,
  );
  const torn = good.data as Uint8Array;
  const noise = Uint8Array.from(torn, (byte, k) => k > 4 ? byte ^ 0xff : byte);
  await refused([{ ...good, data: noise }], /entry "a\.npy" is damaged/);
  await refused(
    [{ ...good, method: 12 }],
    /compressed \(method 12\), expected stored or deflated/,
  );
});
