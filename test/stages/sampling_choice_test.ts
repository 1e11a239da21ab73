import assert from "node:assert/strict";
import { join } from "node:path";
import { openArtifact, writeArtifact } from "../../lib/artifact/mod.ts";
import { arShapes } from "../../lib/model/mod.ts";
import { inFolder } from "../lib/artifact/_bytes.ts";
import { AR, randomWeights } from "../lib/model/_models.ts";
import { writeModel } from "../lib/workflow/sample/_models.ts";
import { spherear } from "./run_cli.ts";

interface Sampled {
  readonly images: Uint8Array;
  readonly labels: readonly number[];
}

/** Samples of the little model, three solver steps a token. */
async function sample(folder: string, line: string): Promise<Sampled> {
  const path = join(folder, "out.safetensors");
  const args = `sample --steps 3 --device cpu --force -o ${path} ${line}`;
  const { code, err } = await spherear(args.split(" "), { cwd: folder });
  assert.equal(code, 0, err);
  const reader = await openArtifact(path, "samples");
  const { data: images } = await reader.read("images");
  const { data: labels } = await reader.read("labels");
  reader.close();
  return {
    images: images as Uint8Array,
    labels: [...labels as Int32Array],
  };
}

/** The bytes of image `k`. */
function imageAt({ images, labels }: Sampled, k: number): Uint8Array {
  const size = images.length / labels.length;
  return images.slice(k * size, (k + 1) * size);
}

/** Runs a test beside a little model, whose classes are dark, light and odd. */
function withModel(
  test: (folder: string) => Promise<void>,
): () => Promise<void> {
  return () =>
    inFolder(async (folder) => {
      await writeModel(folder);
      await test(folder);
    });
}

Deno.test(
  "sample --seeds makes an image the same wherever it stands, in a batch of any run",
  withModel(async (folder) => {
    const model = "--model model.safetensors --batch 2 --classes light";
    const all = await sample(folder, `${model} --count 8`);
    const some = await sample(folder, `${model} --seeds 6,1-3`);
    assert.deepEqual(some.labels, [1, 1, 1, 1]);
    for (const [k, seed] of [6, 1, 2, 3].entries()) {
      assert.deepEqual(imageAt(some, k), imageAt(all, seed), `seed ${seed}`);
    }
    assert.notDeepEqual(imageAt(some, 0), imageAt(some, 1));
    const other = await sample(folder, `${model} --seeds 6 --seed 1`);
    assert.notDeepEqual(imageAt(other, 0), imageAt(some, 0));
  }),
);

Deno.test(
  "sample fills up a --batch that is larger than its images, which then have the bytes of any run",
  withModel(async (folder) => {
    const model = "--model model.safetensors --batch 4 --classes light";
    const all = await sample(folder, `${model} --count 8`);
    const one = await sample(folder, `${model} --seeds 6`);
    assert.deepEqual(one.labels, [1]);
    assert.deepEqual(imageAt(one, 0), imageAt(all, 6));
  }),
);

Deno.test(
  "sample --png names the pictures of --seeds by their numbers",
  withModel(async (folder) => {
    const line = "sample --model model.safetensors --steps 1 --seeds 7,2000000";
    const args = [...line.split(" "), "--png", "out", "--device", "cpu"];
    const { code, err } = await spherear(args, { cwd: folder });
    assert.equal(code, 0, err);
    const names = [...Deno.readDirSync(join(folder, "out"))];
    assert.deepEqual(
      names.map(({ name }) => name).sort(),
      ["000007.png", "2000000.png"],
    );
  }),
);

Deno.test(
  "sample takes classes by names, numbers and ranges",
  withModel(async (folder) => {
    const model = "--model model.safetensors";
    const { labels } = await sample(
      folder,
      `${model} --count 5 --classes odd,0-1`,
    );
    assert.deepEqual(labels, [2, 0, 1, 2, 0]);
  }),
);

Deno.test(
  "sample --svae takes the S-VAE inside of a whole model",
  withModel(async (folder) => {
    await writeArtifact(join(folder, "ar.safetensors"), {
      kind: "ar",
      tensors: randomWeights(arShapes(AR)),
      config: { ...AR, classes: ["dark", "light", "odd"] },
    });
    const parts = "--ar ar.safetensors --svae model.safetensors";
    const expected = await sample(
      folder,
      "--model model.safetensors --count 2",
    );
    assert.deepEqual(await sample(folder, `${parts} --count 2`), expected);
  }),
);

Deno.test(
  "sample --dry-run refuses the classes and seeds that a run refuses, and makes nothing",
  withModel(async (folder) => {
    const base =
      "sample --model model.safetensors -o out.safetensors --dry-run";
    const cases: readonly (readonly [string, RegExp])[] = [
      ["--classes none", /class "none": the model has no class/],
      ["--classes 0-7", /--classes "0-7": expected numbers from 0 to 2/],
      ["--seeds 3,3", /--seeds: 3 stands there twice/],
      ["--model nowhere.safetensors", /"nowhere\.safetensors": no such file/],
      ["--steps 5:0", /steps: expected 1 to 10000 steps/],
    ];
    for (const [more, message] of cases) {
      const args = `${base} ${more}`.split(" ");
      const { code, err } = await spherear(args, { cwd: folder });
      assert.equal(code, 2, more);
      assert.match(err, message);
    }
    const args = `${base} --classes odd`.split(" ");
    const { code, err } = await spherear(args, { cwd: folder });
    assert.equal(code, 0, err);
    assert.match(err, /would run/);
    const left = [...Deno.readDirSync(folder)].map(({ name }) => name);
    assert.deepEqual(left, ["model.safetensors"]);
  }),
);
