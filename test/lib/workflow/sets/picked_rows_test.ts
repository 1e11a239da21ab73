import assert from "node:assert/strict";
import { CENTRE } from "../../../../lib/image/mod.ts";
import { join } from "node:path";
import { openArtifact, writeArtifact } from "../../../../lib/artifact/mod.ts";
import { hostTensor } from "../../../../lib/tensor/mod.ts";
import { openImages, openLatents } from "../../../../lib/workflow/sets/mod.ts";
import { readPicked } from "../../../../lib/workflow/sets/picked_rows.ts";
import { inFolder } from "../../artifact/_bytes.ts";

/** Tensors whose numbers count up. */
function counting(shape: readonly number[]) {
  const size = shape.reduce((a, b) => a * b);
  return hostTensor(
    "f32",
    shape,
    Float32Array.from({ length: size }, (_, i) => i),
  );
}

const LATENTS = {
  kind: "latents",
  tensors: {
    mu: counting([3, 2, 4, 2]),
    kappa: counting([3, 2, 4]),
    labels: hostTensor("i32", [3], Int32Array.of(0, 1, 0)),
  },
  config: {
    classes: ["a", "b"],
    flips: [true, false],
    mirrored: [false, true],
    posterior: "power-spherical",
    normalize: "none",
  },
} as const;

Deno.test("readPicked() reads rows in the order in which they are named", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "latents.safetensors");
    await writeArtifact(path, LATENTS);
    const reader = await openArtifact(path);
    const read = async (rows: number[], axes?: number) => {
      const picked = await readPicked(reader, "kappa", {
        rows,
        ...axes && { axes },
      });
      return [picked.shape, [...picked.data]];
    };
    assert.deepEqual(await read([2], 2), [[1, 4], [8, 9, 10, 11]]);
    assert.deepEqual(await read([5, 0, 1, 5], 2), [
      [4, 4],
      [20, 21, 22, 23, 0, 1, 2, 3, 4, 5, 6, 7, 20, 21, 22, 23],
    ]);
    assert.deepEqual((await read([1]))[0], [1, 2, 4]);
    await assert.rejects(read([6], 2), /Cannot read rows 6 to 7/);
    await assert.rejects(read([0], 4), /rows of 4 axes of "kappa": it has 3/);
    reader.close();
  });
});

Deno.test("openLatents() reads the views that are asked for", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "latents.safetensors");
    await writeArtifact(path, LATENTS);
    const reader = await openArtifact(path);
    const latents = await openLatents(reader);
    assert.deepEqual(latents.viewsOf, [[0, 1], [0]]);
    const { mu, kappa } = await latents.read([{ image: 2, view: 1 }]);
    assert.deepEqual([mu.shape, mu.data[0]], [[1, 4, 2], 40]);
    assert.deepEqual([kappa!.shape, kappa!.data[0]], [[1, 4], 20]);
    reader.close();
  });
});

Deno.test("openLatents() refuses numbers that are not finite when they are read", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "latents.safetensors");
    const kappa = counting([3, 2, 4]);
    kappa.data[9] = NaN;
    await writeArtifact(path, {
      ...LATENTS,
      tensors: { ...LATENTS.tensors, kappa },
    });
    const reader = await openArtifact(path);
    const latents = await openLatents(reader);
    await latents.read([{ image: 0, view: 0 }]);
    await assert.rejects(
      latents.read([{ image: 1, view: 0 }]),
      /tensor "kappa" holds NaN at element 1 of 4/,
    );
    reader.close();
  });
});

Deno.test("openImages() renders views of the images that they name", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "images.safetensors");
    // Three grey images of 1 x 1.
    const data = Uint8Array.of(0, 0, 0, 255, 255, 255, 51, 51, 51);
    await writeArtifact(path, {
      kind: "images",
      tensors: {
        images: hostTensor("u8", [3, 1, 1, 3], data),
        labels: hostTensor("i32", [3], Int32Array.of(0, 0, 0)),
      },
      config: { classes: ["grey"], flips: [true] },
    });
    const reader = await openArtifact(path);
    const images = await openImages(reader, 1);
    const still = { crop: CENTRE, flip: false };
    const { shape, data: floats } = await images.render(
      [2, 0, 2, 1].map((picture) => ({ picture, ...still })),
    );
    assert.deepEqual(shape, [4, 3, 1, 1]);
    const first = [0, 1, 2, 3].map((row) => floats[3 * row]);
    const fifth = Math.fround(51 / 127.5 - 1);
    assert.deepEqual(first, [fifth, -1, fifth, 1]);
    assert.deepEqual([...(await images.read([1, 1])).data], Array(6).fill(255));
    reader.close();
  });
});
