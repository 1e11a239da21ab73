import assert from "node:assert/strict";
import { join } from "node:path";
import { readSizes } from "../../../../lib/workflow/import/given_sizes.ts";
import { inFolder } from "../../artifact/_bytes.ts";

/** What is read from a text, and what is warned of. */
async function read(text: string) {
  const warnings: string[] = [];
  const log = { warn: (line: string) => warnings.push(line) };
  let sizes = {};
  await inFolder(async (folder) => {
    const path = join(folder, "sizes.json");
    await Deno.writeTextFile(path, text);
    sizes = await readSizes(path, log);
  });
  return { sizes, warnings };
}

Deno.test("readSizes() takes flat sizes and those of both halves", async () => {
  const text = '{"image_size":64,"patch_size":16,"ar":{"n_head":2},"vae":{}}';
  const { sizes, warnings } = await read(text);
  assert.deepEqual(sizes, {
    image_size: 64,
    patch_size: 16,
    n_head: 2,
    grid: 4,
  });
  assert.deepEqual(warnings, []);
});

Deno.test("readSizes() warns of keys that are no sizes", async () => {
  const { sizes, warnings } = await read('{"nhead":2,"dim":8,"x":1}');
  assert.deepEqual(sizes, { dim: 8 });
  assert.match(warnings.join(), /sizes\.json": "nhead" and 1 more: no size of/);
});

Deno.test("readSizes() refuses what sizes cannot be", async () => {
  const cases: [string, RegExp][] = [
    ["[]", /: expected an object of sizes, found an array$/],
    ["5", /: expected an object of sizes, found 5$/],
    ['{"vae":5}', /: vae: expected an object of sizes, found 5$/],
    ['{"n_head":"2"}', /: n_head: expected number, found "2"$/],
    ['{"n_head":1.5}', /: n_head: expected int, found 1\.5$/],
    ['{"ar":{"dim":1e9}}', /: dim: too big: .*<=65536, found 1000000000$/],
    [
      '{"image_size":100,"patch_size":16}',
      /: image_size: expected a multiple of patch_size 16, found 100$/,
    ],
    [`{"cnn_chs":"${"x".repeat(1e5)}"}`, /^.{0,300}\.\.\.$/],
    ["x".repeat(1_000_001), /expected at most 1000000 bytes, found more$/],
  ];
  for (const [text, message] of cases) {
    await assert.rejects(read(text), { name: "UserError", message });
  }
});
