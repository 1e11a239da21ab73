import assert from "node:assert/strict";
import { join } from "node:path";
import { sampledFingerprint } from "../../../lib/container/mod.ts";
import { inFolder } from "../artifact/_bytes.ts";

Deno.test("sampledFingerprint() sees any byte of a small file", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a");
    const bytes = new Uint8Array(200_000);
    const seen = new Set<string>();
    const places = [-1, 0, 65_535, 65_536, 131_072, 199_999];
    for (const at of places) {
      const changed = bytes.slice();
      if (at >= 0) changed[at] = 1;
      await Deno.writeFile(path, changed);
      seen.add(await sampledFingerprint([path]));
    }
    assert.equal(seen.size, places.length);
  }));

Deno.test("sampledFingerprint() sees names, sizes, first and last bytes of a large file", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a");
    await Deno.writeFile(path, new Uint8Array(1));
    await Deno.truncate(path, 2 ** 30);
    const put = async (at: number, value: number) => {
      using file = await Deno.open(path, { write: true });
      await file.seek(at, Deno.SeekMode.Start);
      await file.write(new Uint8Array([value]));
    };
    const prints = [await sampledFingerprint([path])];
    await put(0, 1);
    prints.push(await sampledFingerprint([path]));
    await put(2 ** 30 - 1, 1);
    prints.push(await sampledFingerprint([path]));
    await Deno.truncate(path, 2 ** 30 + 1);
    prints.push(await sampledFingerprint([path]));
    await Deno.rename(path, join(folder, "b"));
    prints.push(await sampledFingerprint([join(folder, "b")]));
    assert.equal(new Set(prints).size, prints.length);
  }));
