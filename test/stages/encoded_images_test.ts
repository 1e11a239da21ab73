import assert from "node:assert/strict";
import {
  type ArtifactContents,
  openArtifact,
  writeArtifact,
} from "../../lib/artifact/mod.ts";
import { encodePng } from "../../lib/image/mod.ts";
import { hostTensor } from "../../lib/tensor/mod.ts";
import { columnsOf, openImages } from "../../lib/workflow/sets/mod.ts";
import { inFolder } from "../lib/artifact/_bytes.ts";
import { CLASSES, runStages, SIZE, writeImages } from "./measuring_run.ts";

const COUNT = 6;

/** The images of an artifact of pixels as PNG files in another one. */
async function writeEncoded(from: string, path: string): Promise<void> {
  const reader = await openArtifact(from, "images");
  using images = await openImages(reader);
  const files: Uint8Array[] = [];
  for (let image = 0; image < COUNT; image++) {
    const { data } = await images.read([image]);
    const picture = { width: SIZE, height: SIZE, channels: 3, data } as const;
    files.push(await encodePng(picture));
  }
  const offsets = files.map((_, k) =>
    files.slice(0, k).reduce((sum, { length }) => sum + length, 0)
  );
  const bytes = Uint8Array.from(files.flatMap((file) => [...file]));
  const content: ArtifactContents = {
    kind: "images",
    tensors: {
      ...columnsOf(COUNT, (k) => ({
        offset: offsets[k]!,
        length: files[k]!.length,
        id: `${k}.png`,
      })),
      labels: hostTensor("i32", [COUNT], images.labels),
      bytes: hostTensor("u8", [bytes.length], bytes),
    },
    config: { classes: CLASSES, flips: [true, false], form: "encoded" },
  };
  await writeArtifact(path, content);
  reader.close();
}

/** The weights of a classifier that sees images in some way. */
async function trained(
  folder: string,
  { images, options }: { readonly images: string; readonly options: string },
) {
  const text = `
[stages.train-classifier]
inputs = { images = "${images}" }
options = { steps = 2, batch = 3, set = ["training.channels=[4,4]", "training.features=4"], ${options} }
`;
  const run = await runStages(folder, text);
  const path = run.path("train-classifier", "classifier");
  const reader = await openArtifact(path, "classifier");
  const tensors = Object.fromEntries(await reader.readAll());
  reader.close();
  await Deno.remove(path);
  return { tensors, summary: run.results[0]!.summary };
}

Deno.test("trainings see encoded images as they see pixels, however those are cut out", () =>
  inFolder(async (folder) => {
    const pixels = { count: COUNT, seed: 1 };
    await writeImages(`${folder}/pixels.safetensors`, pixels);
    await writeEncoded(
      `${folder}/pixels.safetensors`,
      `${folder}/encoded.safetensors`,
    );
    for (
      const options of [
        "shift = 2",
        'augmentation = "random-crop", minFraction = 0.7',
      ]
    ) {
      const expected = await trained(folder, {
        images: "pixels.safetensors",
        options,
      });
      const found = await trained(folder, {
        images: "encoded.safetensors",
        options: `${options}, size = ${SIZE}`,
      });
      assert.deepEqual(found.tensors, expected.tensors);
      const { waited } = found.summary as { waited: number };
      assert.ok(waited >= 0 && waited <= 1, `${waited}`);
    }
    await assert.rejects(
      trained(folder, { images: "encoded.safetensors", options: "shift = 0" }),
      /its images are encoded: expected a size/,
    );
  }));
