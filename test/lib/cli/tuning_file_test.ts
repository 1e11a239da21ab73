import assert from "node:assert/strict";
import { join } from "node:path";
import { TuningFile } from "../../../lib/cli/mod.ts";

async function inFolder(run: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await run(join(folder, "deep", "kernels.json"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("TuningFile remembers choices from one run to the next", () =>
  inFolder(async (path) => {
    const first = await TuningFile.open(path);
    assert.equal(first.get("a GPU, 64 x 64"), undefined);
    first.set("a GPU, 64 x 64", "tiled 32x32");
    first.set("a GPU, 64 x 64", "tiled 64x64");
    first.set("another GPU", "broadcast");
    await first.flush();
    const second = await TuningFile.open(path);
    assert.equal(second.get("a GPU, 64 x 64"), "tiled 64x64");
    assert.equal(second.get("another GPU"), "broadcast");
  }));

Deno.test("TuningFile starts anew where its file is damaged", () =>
  inFolder(async (path) => {
    const first = await TuningFile.open(path);
    first.set("key", "variant");
    await first.flush();
    await Deno.writeTextFile(path, '{"key": 7, "other": ');
    const second = await TuningFile.open(path);
    assert.equal(second.get("key"), undefined);
    await Deno.writeTextFile(path, '{"key": 7, "other": "variant"}');
    const third = await TuningFile.open(path);
    assert.equal(third.get("key"), undefined);
    assert.equal(third.get("other"), "variant");
  }));
