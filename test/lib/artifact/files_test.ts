import assert from "node:assert/strict";
import { join } from "node:path";
import { exists, readTextFile } from "../../../lib/artifact/mod.ts";
import { inFolder } from "./_bytes.ts";

Deno.test("exists() knows files and folders", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "a.txt");
    assert.equal(await exists(path), false);
    await Deno.writeTextFile(path, "");
    assert.equal(await exists(path), true);
    assert.equal(await exists(folder), true);
  });
});

Deno.test("readTextFile() refuses more bytes than it may read", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "a.txt");
    await Deno.writeTextFile(path, "four");
    assert.equal(await readTextFile(path, { maxBytes: 4 }), "four");
    const message = /a\.txt": expected at most 3 bytes, found more$/;
    await assert.rejects(readTextFile(path, { maxBytes: 3 }), { message });
  });
});

Deno.test({
  name: "readTextFile() reads no endless file to its end",
  ignore: Deno.build.os === "windows",
  async fn() {
    const done = readTextFile("/dev/zero", { maxBytes: 1000 });
    await assert.rejects(done, { message: /at most 1000 bytes, found more$/ });
  },
});
