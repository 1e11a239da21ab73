import assert from "node:assert/strict";
import { artifactInMemory, UserError } from "../../../lib/artifact/mod.ts";
import { hostTensor } from "../../../lib/tensor/mod.ts";

Deno.test("artifactInMemory() is read as a file would be", async () => {
  const labels = hostTensor("i32", [2], Int32Array.of(1, 0));
  const images = hostTensor(
    "u8",
    [2, 1, 1, 3],
    Uint8Array.of(1, 2, 3, 4, 5, 6),
  );
  const reader = await artifactInMemory("somewhere/", {
    kind: "images",
    tensors: { images, labels },
    config: { classes: ["a", "b"], flips: [true, true] },
  });
  assert.equal(reader.name, "somewhere/");
  assert.deepEqual(reader.sizes, { images: 2, height: 1, width: 1 });
  assert.deepEqual(reader.config["classes"], ["a", "b"]);
  assert.deepEqual(await reader.read("labels"), labels);
  const rows = await reader.readRows("images", { start: 1, count: 1 });
  assert.deepEqual([...rows.data], [4, 5, 6]);
  assert.match(await reader.digest(), /^[0-9a-f]{64}$/);
  reader.close();
});

Deno.test("artifactInMemory() refuses tensors that do not fit the kind", async () => {
  const labels = hostTensor("f32", [2], Float32Array.of(1, 0));
  await assert.rejects(
    artifactInMemory("x", { kind: "images", tensors: { labels }, config: {} }),
    (error) => error instanceof UserError && /expected U8/.test(error.message),
  );
});
