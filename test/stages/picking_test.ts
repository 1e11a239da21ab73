import assert from "node:assert/strict";
import { join } from "node:path";
import { openArtifact } from "../../lib/artifact/mod.ts";
import { encodePng } from "../../lib/image/mod.ts";
import {
  estimateSteps,
  parsePipeline,
  planPipeline,
} from "../../lib/pipeline/mod.ts";
import { STAGES } from "../../stages/mod.ts";
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

/** Pictures of one colour each: dark ones in one class, light ones in the other. */
async function writePictures(folder: string): Promise<void> {
  const greys = { dark: [10, 20, 30], light: [200, 210, 220] };
  for (const [name, values] of Object.entries(greys)) {
    await Deno.mkdir(join(folder, "pictures", name), { recursive: true });
    for (const grey of values) {
      const data = new Uint8Array(20 * 16 * 3).fill(grey);
      const picture = { width: 20, height: 16, channels: 3, data } as const;
      const path = join(folder, "pictures", name, `${grey}.png`);
      await Deno.writeFile(path, await encodePng(picture));
    }
  }
}

Deno.test("pick decodes images of an index, and a dry run knows what it leaves", () =>
  inFolder(async (folder) => {
    await writePictures(folder);
    const text = `
[stages.prepare]
options = { dataset = "folder:pictures", store = "index" }
outputs = { train = "train/" }
[stages.pick]
inputs = { images = "prepare.train" }
options = { count = 4, size = 8 }
`;
    const plan = await planPipeline(
      parsePipeline(text, join(folder, "p.toml")),
      async (name) => (await STAGES[name]!()).stage,
    );
    const states = plan.steps.map(({ id }) =>
      ({ id, state: "would run" }) as const
    );
    const [prepared, picked] = await estimateSteps(plan, states, {});
    assert.equal(prepared!.outputs!["train"]!.sizes["images"], 6);
    const { path } = await runStages(folder, text);
    const some = await openArtifact(path("pick", "images"), "images");
    assert.equal(picked!.amount, "4 images");
    assert.deepEqual(picked!.outputs!["images"]!.sizes, some.sizes);
    assert.equal(picked!.bytes, 4 * (8 * 8 * 3 + 4));
    const { data: labels } = await some.read("labels");
    const { data: pixels } = await some.read("images");
    some.close();
    assert.deepEqual([...labels], [0, 0, 1, 1]);
    labels.forEach((label, i) => {
      const image = [...pixels.subarray(i * 192, (i + 1) * 192)];
      assert.equal(new Set(image).size, 1);
      assert.equal(Number(image[0]! > 100), label);
    });
  }));
