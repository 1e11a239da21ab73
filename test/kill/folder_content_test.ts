import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { inFolder } from "../lib/artifact/_bytes.ts";
import { folderContent, newestFile } from "./folder_content.ts";

/** Writes texts at paths, each a second after the one before. */
async function write(folder: string, files: Record<string, string>) {
  for (const [i, [path, text]] of Object.entries(files).entries()) {
    const place = join(folder, path);
    await Deno.mkdir(dirname(place), { recursive: true });
    await Deno.writeTextFile(place, text);
    await Deno.utime(place, 1000 + i, 1000 + i);
  }
}

Deno.test("folderContent() tells files apart by content, all the way down", () =>
  inFolder(async (folder) => {
    await write(folder, { a: "1", "png/0.png": "2" });
    const content = await folderContent(folder);
    assert.deepEqual(
      content.map((line) => line.replace(/ [0-9a-f]{64}$/, "")),
      ["a", "png/0.png"],
    );
    await write(folder, { "png/0.png": "3" });
    assert.notDeepEqual(await folderContent(folder), content);
  }));

Deno.test("folderContent() sees left files, but no times of writing, nor waits", () =>
  inFolder(async (folder) => {
    const line = (time: number) =>
      `{"step":1,"time":${time},"loss":2,"waitedForRanks":${time / 1e12}}\n`;
    await write(folder, {
      ".spherear/ledger.json": "1",
      "log/scalars.jsonl": line(1.5),
      "log/events.tfevents": "1",
    });
    const content = await folderContent(folder);
    await write(folder, {
      ".spherear/ledger.json": "2",
      "log/scalars.jsonl": line(2e9),
      "log/events.tfevents": "2",
    });
    assert.deepEqual(await folderContent(folder), content);
    await write(folder, { "log/scalars.jsonl": line(2e9) + line(3) });
    assert.notDeepEqual(await folderContent(folder), content);
    await write(folder, {
      "log/scalars.jsonl": line(1),
      ".spherear/a.lock": "",
    });
    assert.equal((await folderContent(folder)).length, content.length + 1);
  }));

Deno.test("newestFile() names what was written last since a moment", () =>
  inFolder(async (folder) => {
    await write(folder, {
      "out.safetensors": "",
      ".spherear/out@0a1b2c3d4e5f/.state.safetensors.12-3.partial": "",
    });
    assert.equal(
      newestFile(folder, 1_000_500),
      ".spherear/out/.state.safetensors…",
    );
    await write(folder, { "out.safetensors": "" });
    assert.equal(newestFile(folder, 2_000_000), "nothing");
  }));
