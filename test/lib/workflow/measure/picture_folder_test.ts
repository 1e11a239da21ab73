import assert from "node:assert/strict";
import { join } from "node:path";
import { digestFiles } from "../../../../lib/artifact/mod.ts";
import { openPictureFolder } from "../../../../lib/workflow/measure/picture_folder.ts";
import { inFolder } from "../../artifact/_bytes.ts";

Deno.test("openPictureFolder() opens pictures as an index in no file", () =>
  inFolder(async (folder) => {
    await Deno.mkdir(join(folder, "in"));
    for (const name of ["b.png", "in/a.jpg", "list.txt"]) {
      await Deno.writeTextFile(join(folder, name), name);
    }
    const reader = (await openPictureFolder(folder))!;
    assert.equal(reader.kind, "images");
    assert.equal(reader.form, "index");
    assert.equal(reader.name, folder);
    assert.equal(reader.sizes["images"], 2);
    assert.deepEqual(reader.files, ["b.png", "in/a.jpg"]);
    assert.equal(reader.config["isLabelled"], false);
    assert.equal(
      reader.config["skipped"],
      "1 file that is no picture (by name)",
    );
    const digest = await reader.digest();
    assert.equal(digest, await digestFiles(folder, ["in/a.jpg", "b.png"]));
    await Deno.writeTextFile(join(folder, "list.txt"), "more");
    assert.equal(await reader.digest(), digest);
    await Deno.writeTextFile(join(folder, "in/a.jpg"), "more");
    assert.notEqual(await reader.digest(), digest);
    reader.close();
  }));

Deno.test("openPictureFolder() leaves files and folders of artifacts", () =>
  inFolder(async (folder) => {
    const file = join(folder, "artifact.safetensors");
    await Deno.writeTextFile(file, "whatever");
    assert.equal(await openPictureFolder(file), undefined);
    assert.equal(await openPictureFolder(folder), undefined);
    assert.equal(await openPictureFolder(join(folder, "nothing")), undefined);
  }));
