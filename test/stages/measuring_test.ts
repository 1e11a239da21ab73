import assert from "node:assert/strict";
import { digestFile, openArtifact, UserError } from "../../lib/artifact/mod.ts";
import { inFolder } from "../lib/artifact/_bytes.ts";
import {
  metricsOf,
  runStages,
  writeImages,
  writeLog,
} from "./measuring_run.ts";

const CLASSIFIER = `
[stages.train-classifier]
inputs = { images = "train.safetensors" }
options = { steps = 4, batch = 4 }
`;

const EVALUATE = `
[stages.evaluate]
uses = "evaluate-run"
[stages.evaluate.inputs]
samples = "samples.safetensors"
classifier = "train-classifier.classifier"
train = "train.safetensors"
heldout = "heldout.safetensors"
reconstructions = "again.safetensors"
untrained = "untrained.safetensors"
trainReconstructions = "train.safetensors"
`;

const REPORT = `
[stages.report]
[stages.report.outputs]
figures = "report.json"
samplesGrid = "samples.png"
reconstructionsGrid = "copies.png"
[stages.report.inputs]
metrics = "evaluate.metrics"
samples = "samples.safetensors"
heldout = "heldout.safetensors"
reconstructions = "again.safetensors"
svae = "svae.safetensors"
ar = "ar.safetensors"
classifier = "train-classifier.classifier"
`;

/** Six sets of images: reconstructions are other images of the same classes. */
async function writeSets(folder: string): Promise<void> {
  const sets = {
    train: 20,
    heldout: 8,
    again: 8,
    samples: 9,
    untrained: 8,
  };
  let seed = 0;
  for (const [name, count] of Object.entries(sets)) {
    await writeImages(`${folder}/${name}.safetensors`, { count, seed: seed++ });
  }
}

Deno.test("train-classifier gives the same bytes after a cut", () =>
  inFolder(async (folder) => {
    await writeSets(folder);
    const whole = await runStages(folder, CLASSIFIER);
    const path = whole.path("train-classifier", "classifier");
    const expected = await digestFile(path);
    await Deno.remove(path);
    await assert.rejects(runStages(folder, CLASSIFIER, { cutAt: 2 }));
    await assert.rejects(Deno.stat(path), Deno.errors.NotFound);
    await runStages(folder, CLASSIFIER);
    assert.equal(await digestFile(path), expected);
  }));

Deno.test("evaluate-run scores the four sets, noise and distances", () =>
  inFolder(async (folder) => {
    await writeSets(folder);
    const run = await runStages(folder, CLASSIFIER + EVALUATE);
    const path = run.path("evaluate", "metrics");
    const config = await metricsOf(path);
    assert.equal(config.n, 8);
    assert.deepEqual(Object.keys(config.sets).sort(), [
      "heldout",
      "real_pair",
      "real_rest",
      "reconstructions",
      "samples",
      "untrained",
    ]);
    assert.equal(config.sets.real_rest!.n_reference, 12);
    assert.equal(config.sets.real_pair!.n_reference, 8);
    for (const set of Object.values(config.sets)) {
      assert.ok(set.frechet_classifier! > 0 && set.precision_classifier! >= 0);
    }
    assert.ok(config.reconstruction.heldout!.psnr! > 5);
    // Training images lie at distance zero from themselves.
    assert.equal(config.nearest.train_reconstructions!.median, 0);
    assert.ok(config.nearest.samples!.median > 0.1);
    assert.equal(config.nearest.samples!.closer_than_reconstruction, 0);
    const reader = await openArtifact(path, "metrics");
    reader.close();
    assert.deepEqual(run.results.at(-1)!.summary, reader.config);
  }));

Deno.test("evaluate-run names classes that are shared otherwise", () =>
  inFolder(async (folder) => {
    await writeSets(folder);
    await writeImages(`${folder}/samples.safetensors`, { count: 7, seed: 9 });
    const { lines } = await runStages(folder, CLASSIFIER + EVALUATE);
    assert.match(lines.join("\n"), /class shares of samples lie 0\.07/);
  }));

Deno.test("evaluate-run refuses reconstructions of other images", () =>
  inFolder(async (folder) => {
    await writeSets(folder);
    await writeImages(`${folder}/again.safetensors`, { count: 5, seed: 9 });
    await assert.rejects(
      runStages(folder, CLASSIFIER + EVALUATE),
      (error) =>
        error instanceof UserError &&
        /5 images of 12 x 12 and 8/.test(error.message),
    );
  }));

Deno.test("report writes page, figures and grids, always the same", () =>
  inFolder(async (folder) => {
    await writeSets(folder);
    await writeLog(`${folder}/svae.safetensors`, "svae");
    await writeLog(`${folder}/ar.safetensors`, "ar");
    const run = await runStages(folder, CLASSIFIER + EVALUATE + REPORT);
    const page = await Deno.readTextFile(run.path("report", "html"));
    assert.match(page, /<h2>Recipe<\/h2>/);
    assert.match(page, /velocity loss/);
    assert.ok(page.includes("none &lt;b&gt;") && !page.includes("none <b>"));
    const figures = JSON.parse(
      await Deno.readTextFile(run.path("report", "figures")),
    );
    const config = await metricsOf(run.path("evaluate", "metrics"));
    assert.equal(figures.tables.sets.samples.n, config.n);
    for (const grid of ["samplesGrid", "reconstructionsGrid"]) {
      const file = await Deno.readFile(run.path("report", grid));
      assert.deepEqual([...file.subarray(1, 4)], [80, 78, 71]);
    }
    const again = await runStages(folder, CLASSIFIER + EVALUATE + REPORT);
    assert.ok(again.results.every(({ state }) => state === "done"));
  }));

Deno.test("report is made of what is there", () =>
  inFolder(async (folder) => {
    await writeSets(folder);
    await writeLog(`${folder}/ar.safetensors`, "ar");
    const report = async (inputs: string, outputs = "") => {
      const text = `[stages.report]\ninputs = { ${inputs} }\n` +
        `outputs = { ${outputs} }\n`;
      const run = await runStages(folder, text);
      return await Deno.readTextFile(run.path("report", "html"));
    };
    const curves = await report('ar = "ar.safetensors"');
    assert.match(curves, /velocity loss/);
    assert.doesNotMatch(curves, /<h2>(Pictures|Figures)<\/h2>/);
    const samples = 'samples = "samples.safetensors"';
    const grid = 'samplesGrid = "s.png"';
    const pictures = await report(samples, grid);
    assert.match(pictures, /<h3>Samples<\/h3>/);
    assert.doesNotMatch(pictures, /<h3>Reconstructions<\/h3>|velocity loss/);
    const pair = 'heldout = "heldout.safetensors", ' +
      'reconstructions = "again.safetensors"';
    assert.match(await report(pair), /<h3>Reconstructions<\/h3>/);
    await assert.rejects(
      report(samples, 'reconstructionsGrid = "r.png"'),
      /Cannot draw ".*r\.png": expected --heldout with --reconstructions/,
    );
    await assert.rejects(report(""), /Cannot write a report of nothing/);
  }));
