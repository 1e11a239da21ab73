import assert from "node:assert/strict";
import { join } from "node:path";
import { digestFiles } from "../../../../lib/artifact/mod.ts";
import { openSweep } from "../../../../lib/workflow/sweep/open.ts";
import { inFolder } from "../../artifact/_bytes.ts";

Deno.test("openSweep() opens the folder of a sweep, and its sweep.json", () =>
  inFolder(async (folder) => {
    const file = join(folder, "sweep.json");
    await Deno.writeTextFile(file, '{"axes": 1}');
    for (const path of [folder, `${folder}/`, file]) {
      const reader = await openSweep(path);
      assert.equal(reader.kind, "metrics");
      assert.equal(reader.name, file);
      assert.deepEqual(reader.config, { axes: 1 });
    }
    // Of a folder this file alone counts: points come and go.
    const { files } = await openSweep(folder);
    assert.deepEqual(files, ["sweep.json"]);
    const before = await digestFiles(folder, files!);
    await Deno.writeTextFile(join(folder, "other"), "more");
    assert.equal(await digestFiles(folder, files!), before);
  }));

Deno.test("openSweep() refuses what is none in one line", () =>
  inFolder(async (folder) => {
    await assert.rejects(openSweep(folder), {
      name: "UserError",
      message: /^Cannot read ".*sweep\.json": no such file or folder$/,
    });
    const file = join(folder, "any.json");
    for (const text of ["", "[1]", "null", "{"]) {
      await Deno.writeTextFile(file, text);
      await assert.rejects(openSweep(file), {
        name: "UserError",
        message:
          /any\.json": expected the folder of a sweep or its sweep\.json, found no JSON object$/,
      });
    }
  }));
