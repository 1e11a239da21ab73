import assert from "node:assert/strict";
import { join } from "node:path";
import {
  ARTIFACT_NAME,
  createSharded,
  shardName,
  writeArtifact,
} from "../../lib/artifact/mod.ts";
import { hostTensor } from "../../lib/tensor/host_tensor.ts";
import { inFolder } from "../lib/artifact/_bytes.ts";
import {
  madeEncoded,
  madeIndex,
  written,
} from "../lib/workflow/sets/encoded/_made.ts";
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
    assert.match(out, /images: Images with class labels, pixels: decoded/);
    assert.match(out, /stage: prepare/);
    assert.match(out, /classes: \["cat"\]/);
    assert.match(out, /2 tensors, 39 numbers, 48 B/);
    assert.match(out, /images +U8 +\[3, 2, 2, 3\] +36 B/);
  });
});

Deno.test("inspect explains a folder of shards, and each of its files", () =>
  inFolder(async (folder) => {
    const place = join(folder, "latents");
    const labels = hostTensor("i32", [3], new Int32Array(3));
    const writer = await createSharded(place, {
      kind: "latents",
      tensors: { labels },
      config: { classes: ["cat"] },
    });
    for (const [shard, count] of [2, 1].entries()) {
      const file = join(folder, `${shard}.safetensors`);
      const shape = [count, 2, 4, 8];
      const mu = hostTensor("f16", shape, new Uint16Array(count * 64));
      await writeArtifact(file, { kind: "shard", tensors: { mu }, config: {} });
      await writer.add(file);
    }
    await writer.commit();
    const { code, out } = await spherear(["inspect", `${place}/`]);
    assert.equal(code, 0);
    assert.match(out, /latents: Posterior of every view/);
    assert.match(out, /2 tensors, 195 numbers, 396 B in 2 shards/);
    assert.match(out, /mu +F16 +\[3, 2, 4, 8\] +384 B/);
    const shard = await spherear(["inspect", join(place, shardName(1))]);
    assert.match(shard.out, /shard: Rows of an artifact that is a folder/);
    const alone = await spherear(["inspect", join(place, ARTIFACT_NAME)]);
    assert.equal(alone.code, 2);
    assert.match(
      alone.err,
      /its rows lie in shards beside it: give the folder/,
    );
  }));

Deno.test("inspect says what an index of images needs, and whether it is there", () =>
  inFolder(async (folder) => {
    const index = await madeIndex(folder);
    (await written(folder, index)).close();
    const path = join(folder, "index.safetensors");
    const first = await spherear(["inspect", path]);
    assert.match(first.out, /images: Images with class labels, index: where/);
    assert.match(first.out, /3 images of 2 classes/);
    assert.match(first.out, /needs the containers below, .*: 2 of 100 B/);
    const [tar, classes] = ["set/a.tar", "set/two"].map((name) =>
      join(folder, name)
    );
    const lines = first.out.split("\n").map((line) => line.trim());
    const line = (start: string) =>
      lines.find((line) => line.startsWith(start));
    assert.match(
      line("file")!,
      new RegExp(`^file +${tar} +100 B +samples [0-9a-f]{12} +there$`),
    );
    assert.match(line("folder")!, new RegExp(`^folder +${classes} +there$`));
    assert.doesNotMatch(first.out, /^ +containers: /m);
    await Deno.truncate(tar!, 99);
    await Deno.remove(classes!, { recursive: true });
    const { out } = await spherear(["inspect", "--json", path]);
    const { containers, needs } = JSON.parse(out);
    assert.equal(needs, "the containers below, unchanged");
    assert.deepEqual(
      containers.map(({ state }: { state: string }) => state),
      ["of another size", "missing"],
    );
  }));

Deno.test("inspect says that encoded images need nothing else", () =>
  inFolder(async (folder) => {
    (await written(folder, madeEncoded())).close();
    const path = join(folder, "index.safetensors");
    const { out } = await spherear(["inspect", path]);
    assert.match(out, /Images with class labels, encoded: files as they are/);
    assert.doesNotMatch(out, /needs/);
  }));

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
