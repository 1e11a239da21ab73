import assert from "node:assert/strict";
import { join } from "node:path";
import { type ByteSource, memorySource } from "../../../../lib/artifact/mod.ts";
import { ParquetFile } from "../../../../lib/container/mod.ts";

const NAMES = ["snappy", "plain", "zstd", "gzip", "brotli", "pages"];

async function bytesOf(name: string): Promise<Uint8Array<ArrayBuffer>> {
  return await Deno.readFile(join(import.meta.dirname!, `${name}.parquet`));
}

/** Every value of the pictures' column, read page by page. */
async function byPages(source: ByteSource) {
  const file = await ParquetFile.read(source);
  const column = file.columns.find(({ path }) => path.endsWith(".bytes"))!;
  const values = [];
  const pages = [];
  for (const group of file.groups.keys()) {
    const index = await file.pages(source, { group, column });
    for (const page of index.pages) {
      values.push(...await file.page(source, { group, column, page, index }));
      pages.push(page);
    }
  }
  return { values, pages, file, column };
}

for (const name of NAMES) {
  Deno.test(`ParquetFile reads ${name}.parquet alike by pages and by row groups`, async () => {
    const source = memorySource("a.parquet", await bytesOf(name));
    const { values, pages, file, column } = await byPages(source);
    const whole = [];
    for (const group of file.groups.keys()) {
      whole.push(...await file.values(source, { group, column }));
    }
    assert.deepEqual(values, whole);
    assert.equal(values.length, 7);
    // make.py asks for pages of a picture or two there.
    if (name === "pages") assert.ok(pages.length > 1, `${pages.length} pages`);
  });
}

Deno.test("a page is read without the others of its row group", async () => {
  const bytes = await bytesOf("pages");
  const memory = memorySource("a.parquet", bytes);
  const { pages, column, file } = await byPages(memory);
  const index = await file.pages(memory, { group: 0, column });
  let read = 0;
  const counted: ByteSource = {
    ...memory,
    readInto(into, at) {
      read += into.length;
      return memory.readInto(into, at);
    },
    close() {},
  };
  const page = pages.at(-1)!;
  await file.page(counted, { group: 0, column, page, index });
  const dictionary = index.dictionary?.length ?? 0;
  assert.ok(read <= page.length + dictionary, `${read} bytes`);
});

Deno.test("ParquetFile refuses spoiled pages one by one, too", async () => {
  const whole = await bytesOf("pages");
  let refused = 0;
  for (let at = 4; at < whole.length - 2000; at += 3) {
    for (const value of [0x00, 0x7f, 0xff]) {
      const bytes = whole.slice();
      bytes[at] = value;
      try {
        const { values } = await byPages(memorySource("a.parquet", bytes));
        assert.equal(values.length, 7);
      } catch (error) {
        assert.equal((error as Error).name, "UserError", String(error));
        refused++;
      }
    }
  }
  assert.ok(refused > 20, `${refused}`);
});
