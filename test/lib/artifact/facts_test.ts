import assert from "node:assert/strict";
import {
  openArtifact,
  plannedArtifact,
  writeArtifact,
} from "../../../lib/artifact/mod.ts";
import { hostTensor } from "../../../lib/tensor/mod.ts";
import { inFolder } from "./_bytes.ts";

Deno.test("plannedArtifact() says what the artifact will say", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/images.safetensors`;
    const config = { classes: ["a", "b"] };
    const pixels = new Uint8Array(2 * 4 * 4 * 3);
    await writeArtifact(path, {
      kind: "images",
      tensors: {
        images: hostTensor("u8", [2, 4, 4, 3], pixels),
        labels: hostTensor("i32", [2], Int32Array.of(0, 1)),
      },
      config,
    });
    const planned = plannedArtifact("images", {
      kind: "images",
      tensors: {
        images: { dtype: "u8", shape: [2, 4, 4, 3] },
        labels: { dtype: "i32", shape: [2] },
      },
      config,
    });
    const reader = await openArtifact(path);
    reader.close();
    const { kind, form, sizes } = reader;
    assert.deepEqual(
      planned,
      { name: "images", kind, form, config, sizes, bytes: 2 * 48 + 2 * 4 },
    );
    assert.equal(sizes["images"], 2);
  });
});

Deno.test("plannedArtifact() refuses tensors that do not fit the kind", () => {
  const labels = { dtype: "f32", shape: [2] } as const;
  const contents = { kind: "images", tensors: { labels }, config: {} } as const;
  assert.throws(
    () => plannedArtifact("the plan", contents),
    /"the plan" as images: tensor "images": expected U8/,
  );
});
