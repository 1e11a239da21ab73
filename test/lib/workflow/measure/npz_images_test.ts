import assert from "node:assert/strict";
import { join } from "node:path";
import { digestFile } from "../../../../lib/artifact/mod.ts";
import { openNpzImages } from "../../../../lib/workflow/measure/npz_images.ts";
import { inFolder } from "../../artifact/_bytes.ts";
import { npzOf, type TestArray } from "../../interop/_arrays.ts";

const IMAGES: TestArray = {
  descr: "|u1",
  shape: [2, 1, 2, 3],
  data: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
};
const LABELS: TestArray = { descr: "<i8", shape: [2], data: [5, 0] };
const STATISTICS: Readonly<Record<string, TestArray>> = {
  mu: { descr: "<f8", shape: [2], data: [1, 2] },
  sigma: { descr: "<f8", shape: [2, 2], data: [3, 1, 1, 3] },
};

/** Opens an archive of some arrays. */
async function opened(
  arrays: Readonly<Record<string, TestArray>>,
  test: (
    reader: NonNullable<Awaited<ReturnType<typeof openNpzImages>>>,
    path: string,
  ) => Promise<void> | void,
): Promise<void> {
  await inFolder(async (folder) => {
    const path = join(folder, "set.npz");
    await Deno.writeFile(path, npzOf(arrays));
    const reader = await openNpzImages(path);
    assert.ok(reader);
    try {
      await test(reader, path);
    } finally {
      reader.close();
    }
  });
}

Deno.test("openNpzImages() opens images with their classes", () =>
  opened({ arr_0: IMAGES, arr_1: LABELS }, async (reader, path) => {
    assert.equal(reader.kind, "samples");
    assert.deepEqual(reader.sizes, { images: 2, height: 1, width: 2 });
    const rows = await reader.readRows("images", { start: 1, count: 1 });
    assert.deepEqual([...rows.data], [7, 8, 9, 10, 11, 12]);
    assert.deepEqual([...(await reader.read("labels")).data], [5, 0]);
    assert.equal((await reader.readBytes("labels")).length, 8);
    assert.equal((await reader.readAll()).size, 2);
    assert.equal(await reader.digest(), await digestFile(path));
  }));

Deno.test("openNpzImages() opens what a reference of ADM's holds", () =>
  opened({ arr_0: IMAGES, ...STATISTICS }, async (reader) => {
    assert.equal(reader.kind, "samples");
    assert.deepEqual(
      [...reader.tensors.keys()],
      ["images", "pool_3/mean", "pool_3/covariance"],
    );
    assert.equal(reader.config["form"], "inception-2015-12-05");
    const covariance = await reader.read("pool_3/covariance");
    assert.deepEqual([...covariance.data], [3, 1, 1, 3]);
    await assert.rejects(reader.read("labels"), /it has no labels/);
  }));

Deno.test("openNpzImages() opens statistics alone", () =>
  opened(STATISTICS, (reader) => {
    assert.equal(reader.kind, "statistics");
    assert.deepEqual(reader.sizes, {});
  }));

Deno.test("openNpzImages() leaves numbers alone that are no classes of images", () =>
  opened(
    { arr_0: IMAGES, arr_1: { ...LABELS, shape: [3], data: [1, 2, 3] } },
    (reader) => assert.ok(!reader.tensors.has("labels")),
  ));

/** A text as an array of bytes. */
function textArray(text: string): TestArray {
  const data = [...new TextEncoder().encode(text)];
  return { descr: "|u1", shape: [data.length], data };
}

Deno.test("openNpzImages() reads how samples were made", () => {
  const recipe = { stage: "sample", seed: 3 };
  const config = { sampling: { cfg: 2 }, isLabelled: false };
  const text = JSON.stringify({ config, recipe, inputs: { ar: "ab" } });
  return opened({ arr_0: IMAGES, spherear: textArray(text) }, (reader) => {
    assert.deepEqual(reader.recipe, recipe);
    assert.deepEqual(reader.inputs, { ar: "ab" });
    // Nothing but what stands beside figures.
    assert.deepEqual(reader.config, { sampling: { cfg: 2 } });
  });
});

Deno.test("openNpzImages() refuses other archives and leaves other files", () =>
  inFolder(async (folder) => {
    assert.equal(await openNpzImages(join(folder, "a.safetensors")), undefined);
    const path = join(folder, "set.npz");
    const refused = async (
      arrays: Readonly<Record<string, TestArray>>,
      expected: RegExp,
    ) => {
      await Deno.writeFile(path, npzOf(arrays));
      await assert.rejects(openNpzImages(path), expected);
    };
    const withMade = (spherear: TestArray, expected: RegExp) =>
      refused({ arr_0: IMAGES, spherear }, expected);
    await withMade(textArray("{"), /its array spherear: no JSON: /);
    await withMade(LABELS, /expected u8 \[n\], n at most \d+, found i64 \[2\]/);
    await withMade(textArray('{"inputs": 3}'), /spherear: .*inputs.*found 3/);
    await refused({}, /expected images as arr_0, .* found nothing/);
    await refused({ other: LABELS }, /mu and sigma, found other/);
    await refused(
      { arr_0: { ...IMAGES, shape: [3, 4] } },
      /arr_0 is u8 \[3,4\], expected images u8 \[n, height, width, 3\]/,
    );
  }));
