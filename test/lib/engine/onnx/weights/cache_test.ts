import assert from "node:assert/strict";
import {
  cacheContents,
  pruneCache,
} from "../../../../../lib/engine/onnx/weights/cache.ts";
import { inFolder } from "../../../artifact/_bytes.ts";

const DAY_MS = 24 * 3600 * 1000;

async function write(path: string, ageMs: number): Promise<void> {
  await Deno.writeFile(path, new Uint8Array(10));
  const used = new Date(Date.now() - ageMs);
  await Deno.utime(path, used, used);
}

function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

Deno.test("pruneCache() deletes the longest unused files beyond the limit", async () => {
  await inFolder(async (folder) => {
    await write(`${folder}/old.bin`, 3 * DAY_MS);
    await write(`${folder}/new.bin`, 0);
    await write(`${folder}/middle.bin`, 2 * DAY_MS);
    await write(`${folder}/someones.txt`, 9 * DAY_MS);
    await pruneCache(folder, { limitBytes: 20 });
    assert.deepEqual(namesIn(folder), [
      "middle.bin",
      "new.bin",
      "someones.txt",
    ]);
    assert.deepEqual(await cacheContents(folder), { files: 2, bytes: 20 });
  });
});

Deno.test("pruneCache() deletes what nobody finished, unless it is new", async () => {
  await inFolder(async (folder) => {
    await write(`${folder}/a.bin.1.part`, 2 * DAY_MS);
    await write(`${folder}/b.bin.2.part`, 0);
    await pruneCache(folder);
    assert.deepEqual(namesIn(folder), ["b.bin.2.part"]);
  });
});

Deno.test("cacheContents() finds nothing in a folder that is missing", async () => {
  const none = { files: 0, bytes: 0 };
  assert.deepEqual(await cacheContents("/nowhere/weights"), none);
});
