import assert from "node:assert/strict";
import { join } from "node:path";
import { memorySource } from "../../../../lib/artifact/mod.ts";
import { ParquetFile } from "../../../../lib/container/mod.ts";

/** What all files of make.py say. */
const LABELS = [2, 0, 1, -1, 2, 2, undefined];

async function bytesOf(name: string): Promise<Uint8Array<ArrayBuffer>> {
  return await Deno.readFile(join(import.meta.dirname!, name));
}

/** All values of a column; its path ends as said. */
async function column(bytes: Uint8Array<ArrayBuffer>, end: RegExp) {
  const source = memorySource("a.parquet", bytes);
  const file = await ParquetFile.read(source);
  const column = file.columns.find(({ path }) => end.test(path))!;
  const values = [];
  for (const group of file.groups.keys()) {
    values.push(...await file.values(source, { group, column }));
  }
  return values;
}

const NAMES = ["snappy", "plain", "zstd", "gzip", "brotli", "pages"];

for (const name of NAMES) {
  Deno.test(`ParquetFile reads numbers and bytes of ${name}.parquet`, async () => {
    const bytes = await bytesOf(`${name}.parquet`);
    assert.deepEqual(await column(bytes, /^(label|kind)$/), LABELS);
    const pictures = await column(bytes, /\.bytes$/);
    assert.equal(pictures[5], undefined);
    const heads = pictures.filter((_, i) => i !== 5)
      .map((picture) =>
        String.fromCharCode(...(picture as Uint8Array).subarray(1, 4))
      );
    assert.deepEqual(heads, Array(6).fill("PNG"));
    const paths = await column(bytes, /\.path$/);
    const decoder = new TextDecoder();
    assert.deepEqual(
      paths.map((path) => decoder.decode(path as Uint8Array)),
      LABELS.map((_, i) => `${i}.png`),
    );
  });
}

Deno.test("ParquetFile tells row groups, texts, and columns that do not repeat", async () => {
  const source = memorySource("a", await bytesOf("snappy.parquet"));
  const file = await ParquetFile.read(source);
  assert.deepEqual(file.groups, [
    { firstRow: 0, rows: 3 },
    { firstRow: 3, rows: 3 },
    { firstRow: 6, rows: 1 },
  ]);
  assert.deepEqual(file.columns, [
    { path: "photo.bytes", level: 2 },
    { path: "photo.path", level: 2 },
    { path: "kind", level: 1 },
  ]);
  assert.match(file.text("huggingface")!, /ClassLabel/);
  assert.equal(file.text("other"), undefined);
});

Deno.test("ParquetFile refuses encodings that it does not read", async () => {
  const bytes = await bytesOf("delta.parquet");
  await assert.rejects(column(bytes, /^kind$/), {
    name: "UserError",
    message: /"a\.parquet": expected values that are plain .*, found DELTA_BIN/,
  });
});

Deno.test("ParquetFile refuses what is cut short or no parquet file", async () => {
  const whole = await bytesOf("snappy.parquet");
  const read = (bytes: Uint8Array<ArrayBuffer>) =>
    ParquetFile.read(memorySource("a.parquet", bytes));
  await assert.rejects(read(new Uint8Array()), /it is no parquet file$/);
  for (let cut = 1; cut < whole.length; cut += 97) {
    await assert.rejects(read(whole.slice(0, -cut)), { name: "UserError" });
  }
  const long = whole.slice();
  long.set([0xff, 0xff, 0xff, 0x7f], long.length - 8);
  await assert.rejects(read(long), /a footer of at most \d+ bytes, found 2147/);
  const dark = whole.slice();
  dark.fill(0xff, whole.length - 300, whole.length - 8);
  await assert.rejects(read(dark), /"a\.parquet": it is damaged, or of a/);
});

Deno.test("ParquetFile refuses spoiled pages in one line, whatever is in them", async () => {
  const whole = await bytesOf("snappy.parquet");
  const source = memorySource("a", whole);
  const { length: footer } = whole;
  await ParquetFile.read(source);
  let refused = 0;
  for (let at = 4; at < footer - 2000; at += 3) {
    for (const value of [0x00, 0x7f, 0xff]) {
      const bytes = whole.slice();
      bytes[at] = value;
      for (const end of [/^kind$/, /\.bytes$/]) {
        try {
          const values = await column(bytes, end);
          assert.equal(values.length, LABELS.length);
        } catch (error) {
          assert.equal((error as Error).name, "UserError", String(error));
          refused++;
        }
      }
    }
  }
  assert.ok(refused > 50, `${refused}`);
});

Deno.test("ParquetFile refuses ranges that do not fit the file", async () => {
  const whole = await bytesOf("snappy.parquet");
  // Without what stands before the footer, it points past the end.
  const footer = new DataView(whole.buffer).getUint32(whole.length - 8, true);
  const only = new Uint8Array([
    ...whole.subarray(0, 4),
    ...whole.subarray(whole.length - 8 - footer),
  ]);
  for (
    const cut of [
      only,
      new Uint8Array([...whole.subarray(0, 4), ...whole.subarray(600)]),
    ]
  ) {
    await assert.rejects(column(cut, /\.bytes$/), {
      name: "UserError",
      message: /"a\.parquet": /,
    });
  }
});
