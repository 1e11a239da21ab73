import assert from "node:assert/strict";
import { openArtifact, writeArtifact } from "../../lib/artifact/mod.ts";
import { vaeShapes } from "../../lib/model/mod.ts";
import { readSet } from "../../lib/workflow/evaluate/mod.ts";
import { openImages } from "../../lib/workflow/sets/mod.ts";
import { inFolder } from "../lib/artifact/_bytes.ts";
import { randomWeights, VAE } from "../lib/model/_models.ts";
import { writeAs } from "../lib/workflow/sets/encoded/_made.ts";
import {
  CLASSES,
  metricsOf,
  runStages,
  SIZE,
  writeImages,
} from "./measuring_run.ts";

/** Every form, pixels first. */
const FORMS = ["pixels", "encoded", "index"] as const;

/** Writes a set of pixels in every form: `NAME-FORM.safetensors`. */
async function writeForms(
  folder: string,
  { name, count, size = SIZE }: {
    readonly name: string;
    readonly count: number;
    readonly size?: number;
  },
): Promise<void> {
  const pixels = `${folder}/${name}-pixels.safetensors`;
  await writeImages(pixels, { count, seed: name.length, size });
  for (const form of ["encoded", "index"] as const) {
    await writeAs(form, {
      pixels,
      to: `${folder}/${name}-${form}.safetensors`,
    });
  }
}

/** The tensors of an artifact as plain data. */
async function tensorsOf(path: string) {
  const reader = await openArtifact(path);
  const tensors = await reader.readAll();
  reader.close();
  return Object.fromEntries(tensors);
}

Deno.test("trainings and encoders make the same of images in every form", () =>
  inFolder(async (folder) => {
    const size = VAE.image_size;
    await writeForms(folder, { name: "train", count: 6, size });
    await writeArtifact(`${folder}/svae.safetensors`, {
      kind: "svae",
      tensors: randomWeights(vaeShapes(VAE)),
      config: { ...VAE },
    });
    const made = async (form: string) => {
      const images = `train-${form}.safetensors`;
      const inputs =
        `inputs = { svae = "svae.safetensors", images = "${images}" }`;
      const text = `
folder = "${form}"
[stages.train-classifier]
inputs = { images = "${images}" }
options = { steps = 2, batch = 4, size = ${size} }
[stages.cache]
${inputs}
[stages.reconstruct]
${inputs}
[stages.encode]
${inputs}
`;
      const run = await runStages(folder, text);
      return {
        classifier: await tensorsOf(run.path("train-classifier", "classifier")),
        latents: await tensorsOf(run.path("cache", "latents")),
        copies: await tensorsOf(run.path("reconstruct", "reconstructions")),
        means: await tensorsOf(run.path("encode", "latents")),
      };
    };
    const [pixels, ...others] = await Promise.all(FORMS.map(made));
    for (const other of others) assert.deepEqual(other, pixels);
  }));

Deno.test("evaluate and report show the same of images in every form", () =>
  inFolder(async (folder) => {
    await writeForms(folder, { name: "train", count: 20 });
    await writeForms(folder, { name: "heldout", count: 8 });
    for (const [name, count] of [["again", 8], ["samples", 9]] as const) {
      const path = `${folder}/${name}.safetensors`;
      await writeImages(path, { count, seed: count + name.length });
    }
    const seen = async (form: string) => {
      const text = `
folder = "${form}"
[stages.train-classifier]
inputs = { images = "train-${form}.safetensors" }
options = { steps = 2, batch = 4, size = ${SIZE} }
[stages.evaluate-run.inputs]
samples = "samples.safetensors"
classifier = "train-classifier.classifier"
train = "train-${form}.safetensors"
heldout = "heldout-${form}.safetensors"
reconstructions = "again.safetensors"
untrained = "samples.safetensors"
[stages.extract-features]
inputs = { images = "heldout-${form}.safetensors", network = "train-classifier.classifier" }
options = { size = ${SIZE} }
[stages.report]
[stages.report.outputs]
reconstructionsGrid = "copies.png"
samplesGrid = "samples.png"
[stages.report.inputs]
samples = "samples.safetensors"
heldout = "heldout-${form}.safetensors"
reconstructions = "again.safetensors"
`;
      const run = await runStages(folder, text);
      const grids = ["reconstructionsGrid", "samplesGrid"].map((grid) =>
        Deno.readFile(run.path("report", grid))
      );
      return {
        metrics: await metricsOf(run.path("evaluate-run", "metrics")),
        features: await tensorsOf(run.path("extract-features", "features")),
        grids: await Promise.all(grids),
      };
    };
    const [pixels, ...others] = await Promise.all(FORMS.map(seen));
    for (const other of others) assert.deepEqual(other, pixels);
  }));

Deno.test("readSet() takes what fits in memory, the same of sets of one length", () =>
  inFolder(async (folder) => {
    await writeForms(folder, { name: "train", count: 20 });
    const lines: string[] = [];
    const log = { warn: (line: string) => lines.push(line) };
    const sets = [];
    for (const form of FORMS) {
      const reader = await openArtifact(`${folder}/train-${form}.safetensors`);
      const mostBytes = 7 * SIZE * SIZE * 3 + 5;
      const rule = { size: SIZE, classes: CLASSES.length, seed: 3, mostBytes };
      sets.push(await readSet(reader, { ...rule, log: log as never }));
      reader.close();
    }
    const [pixels, ...others] = sets;
    assert.equal(pixels!.count, 7);
    assert.deepEqual(pixels!.images.shape, [7, SIZE, SIZE, 3]);
    for (const other of others) assert.deepEqual(other, pixels);
    assert.match(
      lines[0]!,
      /^Takes 7 of the 20 images of ".*train-pixels.*", chosen by chance/,
    );
  }));

Deno.test("openImages() cuts encoded images to what is asked for, as far as they go", () =>
  inFolder(async (folder) => {
    await writeForms(folder, { name: "train", count: 2 });
    const path = `${folder}/train-encoded.safetensors`;
    const open = async (size: number | undefined, config: object) => {
      const reader = await openArtifact(path);
      const changed = Object.create(reader, {
        config: { value: { ...reader.config, ...config } },
      });
      try {
        using images = await openImages(changed, size);
        return (await images.read([1])).shape;
      } finally {
        reader.close();
      }
    };
    assert.deepEqual(await open(8, {}), [1, 8, 8, 3]);
    assert.deepEqual(await open(undefined, { size: 10 }), [1, 10, 10, 3]);
    await assert.rejects(
      open(undefined, {}),
      /its images are encoded: expected a size that they are cut to/,
    );
    await assert.rejects(
      open(11, { size: 10 }),
      /scaled for crops of 10 x 10, expected 11 x 11: prepare --size 11/,
    );
  }));
