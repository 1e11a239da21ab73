import assert from "node:assert/strict";
import { join } from "node:path";
import { digestFile, openArtifact, UserError } from "../../lib/artifact/mod.ts";
import { encodePng, picture } from "../../lib/image/mod.ts";
import { inFolder } from "../lib/artifact/_bytes.ts";
import { prepare } from "./preparing.ts";

Deno.test("prepare writes the emoji of the tiny preset, always the same", () =>
  inFolder(async (folder) => {
    const first = await prepare(`${folder}/1`, "");
    const { train, heldout } = first;
    const reader = await openArtifact(train, "images");
    assert.deepEqual({ ...reader.sizes }, {
      images: 1430,
      height: 32,
      width: 32,
    });
    assert.deepEqual(
      (reader.config.classes as string[]).slice(7),
      ["clock", "flag", "sign"],
    );
    assert.deepEqual(
      (reader.config.flips as boolean[]).slice(6),
      [true, false, false, false],
    );
    const labels = (await reader.read("labels")).data;
    assert.deepEqual([labels[0], labels.at(-1)], [0, 9]);
    reader.close();
    const held = await openArtifact(heldout, "images");
    assert.equal(held.sizes.images, 158);
    held.close();
    const second = await prepare(`${folder}/2`, "");
    for (const split of ["train", "heldout"] as const) {
      const digests = [first, second].map((run) => digestFile(run[split]));
      assert.equal(...await Promise.all(digests) as [string, string]);
    }
    const again = await prepare(`${folder}/2`, "");
    assert.equal(again.result.state, "done");
  }));

Deno.test("prepare crops a folder and runs again when it changes", () =>
  inFolder(async (folder) => {
    const set = join(folder, "set");
    await Deno.mkdir(`${set}/one`, { recursive: true });
    const data = new Uint8Array(20 * 10 * 3).fill(9);
    const file = await encodePng(picture(data, { width: 20, height: 10 }));
    await Deno.writeFile(`${set}/one/a.png`, file);
    await Deno.writeTextFile(`${set}/readme.txt`, "");
    const options = `dataset = "folder:${set}", size = 8, heldoutShare = 0.4`;
    const first = await prepare(folder, options);
    assert.equal(first.result.state, "ran");
    assert.ok(first.lines.some((line) => line.includes("Skipped 1 file")));
    assert.equal((await prepare(folder, options)).result.state, "done");
    const other = await encodePng(
      picture(data.map((x) => 2 * x), { width: 20, height: 10 }),
    );
    await Deno.writeFile(`${set}/one/b.png`, other);
    const second = await prepare(folder, options);
    assert.equal(second.result.state, "ran");
    const reader = await openArtifact(second.heldout, "images");
    assert.equal(reader.sizes.images, 1);
    reader.close();
    await Deno.writeTextFile(`${set}/one/c.png`, "broken");
    await assert.rejects(prepare(folder, options), UserError);
  }));

Deno.test("prepare leaves both files or none, whichever picture is bad", () =>
  inFolder(async (folder) => {
    const data = new Uint8Array(8 * 8 * 3).fill(9);
    const file = await encodePng(picture(data, { width: 8, height: 8 }));
    const names = ["a", "b", "c", "d"];
    for (const bad of names) {
      const place = join(folder, bad);
      const set = join(place, "set/one");
      await Deno.mkdir(set, { recursive: true });
      for (const name of names) {
        const bytes = name === bad ? file.subarray(0, 60) : file;
        await Deno.writeFile(join(set, `${name}.png`), bytes);
      }
      const options = `dataset = "folder:${place}/set", size = 8, ` +
        'heldoutShare = 0.5, splitBy = "names"';
      const named = new RegExp(`one/${bad}\\.png"`);
      await assert.rejects(prepare(place, options), named);
      const left = [...Deno.readDirSync(join(place, "runs/p"))];
      assert.deepEqual(left.map(({ name }) => name), [".spherear"]);
    }
  }));

Deno.test("prepare says which classes may be mirrored, as it is told", () =>
  inFolder(async (folder) => {
    for (const name of ["one", "two"]) {
      await Deno.mkdir(`${folder}/set/${name}`, { recursive: true });
      const data = new Uint8Array(8 * 8 * 3).fill(9);
      const file = await encodePng(picture(data, { width: 8, height: 8 }));
      await Deno.writeFile(`${folder}/set/${name}/a.png`, file);
    }
    const run = async (more: string) => {
      const options = `dataset = "folder:${folder}/set", size = 8, ` +
        `heldoutShare = 0${more}`;
      const { train, result } = await prepare(folder, options);
      const reader = await openArtifact(train, "images");
      const { flips } = reader.config;
      reader.close();
      return [result.summary?.["mirrored"], flips];
    };
    assert.deepEqual(await run(""), ["every class", [true, true]]);
    assert.deepEqual(
      await run(', flip = "none"'),
      ["no class", [false, false]],
    );
    assert.deepEqual(await run(', flip = "two"'), ["two", [false, true]]);
  }));
