import assert from "node:assert/strict";
import { join } from "node:path";
import { createAtomicFolder, UserError } from "../../../lib/artifact/mod.ts";
import { inFolder } from "./_bytes.ts";

const NAMES = /^\d\.png$/;

function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

Deno.test("createAtomicFolder() shows a folder only when it is complete", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a/pictures");
    const first = await createAtomicFolder(path, NAMES);
    await first.write("0.png", Uint8Array.of(1));
    await assert.rejects(Deno.stat(path), Deno.errors.NotFound);
    await first.commit();
    assert.deepEqual(namesIn(path), ["0.png"]);
    const second = await createAtomicFolder(path, NAMES);
    await second.write("1.png", Uint8Array.of(2));
    await second.commit();
    assert.deepEqual(namesIn(path), ["1.png"]);
    const third = await createAtomicFolder(path, NAMES);
    await third.write("2.png", Uint8Array.of(3));
    await third.abort();
    assert.deepEqual(namesIn(path), ["1.png"]);
    assert.deepEqual(namesIn(join(folder, "a")), ["pictures"]);
  }));

Deno.test("createAtomicFolder() replaces nothing of anybody else", () =>
  inFolder(async (folder) => {
    const path = join(folder, "mine");
    await Deno.mkdir(path);
    await Deno.writeTextFile(join(path, "letter.txt"), "dear");
    await assert.rejects(createAtomicFolder(path, NAMES), (error) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, /empty or new folder, found "letter\.txt"/);
      return true;
    });
    await assert.rejects(
      createAtomicFolder(join(path, "letter.txt"), NAMES),
      /a file has that name$/,
    );
    await Deno.remove(join(path, "letter.txt"));
    const late = await createAtomicFolder(path, NAMES);
    await Deno.writeTextFile(join(path, "note.txt"), "later");
    await assert.rejects(late.commit(), /found "note\.txt"/);
    assert.deepEqual(namesIn(path), ["note.txt"]);
    assert.deepEqual(namesIn(folder), ["mine"]);
  }));
