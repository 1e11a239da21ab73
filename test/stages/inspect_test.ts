import assert from "node:assert/strict";
import { join } from "node:path";
import { writeArtifact } from "../../lib/artifact/mod.ts";
import { hostTensor } from "../../lib/tensor/host_tensor.ts";
import { spherear } from "./run_cli.ts";

async function withImages(
  check: (path: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const path = join(folder, "images.safetensors");
  await writeArtifact(path, {
    kind: "images",
    tensors: {
      images: hostTensor("u8", [3, 2, 2, 3], new Uint8Array(36)),
      labels: hostTensor("i32", [3], new Int32Array(3)),
    },
    config: { classes: ["cat"] },
    recipe: { stage: "prepare", version: 1, options: {}, seed: 4 },
    inputs: {},
  });
  try {
    await check(path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("inspect explains an artifact", async () => {
  await withImages(async (path) => {
    const { code, out } = await spherear(["inspect", path]);
    assert.equal(code, 0);
    assert.match(out, /images: Images with class labels/);
    assert.match(out, /stage: prepare/);
    assert.match(out, /classes: \["cat"\]/);
    assert.match(out, /2 tensors, 39 numbers, 48 B/);
    assert.match(out, /images +U8 +\[3, 2, 2, 3\] +36 B/);
  });
});

Deno.test("inspect gives JSON", async () => {
  await withImages(async (path) => {
    const { out } = await spherear(["inspect", "--json", path]);
    const { kind, elements, recipe } = JSON.parse(out);
    assert.deepEqual([kind, elements, recipe.seed], ["images", 39, 4]);
  });
});

Deno.test("inspect refuses what is missing, cut or no safetensors file", async () => {
  await withImages(async (path) => {
    const bytes = await Deno.readFile(path);
    await Deno.writeFile(path, bytes.subarray(0, bytes.length - 1));
    for (const file of [path, "/nowhere", import.meta.filename!, "/"]) {
      const { code, out, err } = await spherear(["inspect", file]);
      assert.equal(code, 2);
      assert.equal(out, "");
      assert.equal(err.trim().split("\n").length, 1, err);
      assert.ok(err.includes(file), err);
    }
  });
});

Deno.test("inspect refuses an empty pipe", async () => {
  const { code, err } = await spherear(["inspect", "-"]);
  assert.equal(code, 2);
  assert.match(err, /standard input: it is empty/);
});
