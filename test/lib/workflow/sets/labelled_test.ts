import assert from "node:assert/strict";
import { join } from "node:path";
import { openArtifact, writeArtifact } from "../../../../lib/artifact/mod.ts";
import { hostTensor } from "../../../../lib/tensor/mod.ts";
import { openImages } from "../../../../lib/workflow/sets/mod.ts";
import { inFolder } from "../../artifact/_bytes.ts";

/** Bytes of a black image of 1 x 1 that is shifted away. */
async function shiftedAway(background?: unknown): Promise<number[]> {
  let found: number[] = [];
  await inFolder(async (folder) => {
    const path = join(folder, "images.safetensors");
    await writeArtifact(path, {
      kind: "images",
      tensors: {
        images: hostTensor("u8", [1, 1, 1, 3], new Uint8Array(3)),
        labels: hostTensor("i32", [1], Int32Array.of(0)),
      },
      config: {
        classes: ["black"],
        flips: [true],
        ...background !== undefined && { background: background as number[] },
      },
    });
    const reader = await openArtifact(path);
    try {
      const { render } = await openImages(reader);
      const crop = { by: "shift", dx: 1, dy: 0 } as const;
      const { data } = await render([{ picture: 0, crop, flip: false }]);
      found = [...data].map((x) => Math.round((x + 1) * 127.5));
    } finally {
      reader.close();
    }
  });
  return found;
}

Deno.test("shifts bring in the background that images say, and white where they do not", async () => {
  assert.deepEqual(await shiftedAway(), [255, 255, 255]);
  assert.deepEqual(await shiftedAway([1, 20, 255]), [1, 20, 255]);
});

Deno.test("openImages() refuses a background that is no colour", async () => {
  for (const background of ["white", [1, 2], [1, 2, 256], [0.5, 0, 0], {}]) {
    await assert.rejects(
      shiftedAway(background),
      /config\.background: expected red, green and blue from 0 to 255, found/,
    );
  }
});
