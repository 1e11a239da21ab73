import assert from "node:assert/strict";
import { join } from "node:path";
import { OpenFiles } from "../../../lib/container/mod.ts";
import { inFolder } from "../artifact/_bytes.ts";

Deno.test("OpenFiles reads far more files at once than stay open", () =>
  inFolder(async (folder) => {
    const paths = Array.from({ length: 200 }, (_, i) => join(folder, `${i}`));
    for (const [i, path] of paths.entries()) {
      await Deno.writeFile(path, new Uint8Array([0, i, i + 1]));
    }
    const files = new OpenFiles();
    const range = { offset: 1, length: 2 };
    for (let round = 0; round < 2; round++) {
      const found = await Promise.all(
        paths.map((path) => files.read(path, range)),
      );
      assert.deepEqual(
        found.map((bytes) => [...bytes]),
        paths.map((_, i) => [i, (i + 1) % 256]),
      );
    }
    files.close();
    // Closed ones are opened again.
    assert.deepEqual([...await files.read(paths[3]!, range)], [3, 4]);
    files.close();
  }));

Deno.test("OpenFiles tells what it cannot read, and tries again", () =>
  inFolder(async (folder) => {
    const path = join(folder, "late");
    const files = new OpenFiles();
    const read = () => files.read(path, { offset: 0, length: 4 });
    await assert.rejects(read(), /late": no such file/);
    await Deno.writeFile(path, new Uint8Array(3));
    await assert.rejects(read(), /ended at byte 3/);
    await Deno.writeFile(path, new Uint8Array(4));
    assert.equal((await read()).length, 4);
    files.close();
  }));

Deno.test("OpenFiles refuses a file of another size than it must have", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a");
    await Deno.writeFile(path, new Uint8Array(4));
    const files = new OpenFiles();
    const range = { offset: 0, length: 3, size: 3 };
    await assert.rejects(files.read(path, range), /expected 3 bytes, found 4/);
    assert.equal((await files.read(path, { ...range, size: 4 })).length, 3);
    files.close();
  }));
