import assert from "node:assert/strict";
import { join } from "node:path";
import { openArtifact } from "../../lib/artifact/mod.ts";
import { inFolder } from "../lib/artifact/_bytes.ts";
import { CLASSES, runStages, SIZE, writeImages } from "./measuring_run.ts";

const TEXT = `
[stages.pick]
inputs = { images = "all.safetensors" }
options = { count = 5 }
`;

Deno.test("pick leaves some images of every class as they are in the set", () =>
  inFolder(async (folder) => {
    await writeImages(join(folder, "all.safetensors"), { count: 40, seed: 1 });
    const { path, results } = await runStages(folder, TEXT);
    assert.deepEqual(results[0]!.summary, { images: 5, of: 40 });
    const all = await openArtifact(join(folder, "all.safetensors"));
    const some = await openArtifact(path("pick", "images"), "images");
    assert.equal(some.form, "pixels");
    assert.deepEqual(some.config["classes"], CLASSES);
    assert.deepEqual(some.config["flips"], [true, false]);
    const labels = [...(await some.read("labels")).data];
    const light = labels.filter((label) => label === 1).length;
    assert.ok(light === 2 || light === 3, `${labels}`);
    const pixels = (await all.read("images")).data as Uint8Array;
    const picked = (await some.read("images")).data as Uint8Array;
    const size = SIZE * SIZE * 3;
    const known = new Map(
      Array.from(
        { length: 40 },
        (_, row) =>
          [pixels.subarray(row * size, (row + 1) * size).join(), row] as const,
      ),
    );
    const rows = labels.map((label, i) => {
      const row = known.get(
        picked.subarray(i * size, (i + 1) * size).join(),
      )!;
      assert.equal(row % 2, label);
      return row;
    });
    assert.deepEqual(rows, rows.toSorted((a, b) => a - b));
    all.close();
    some.close();
  }));
