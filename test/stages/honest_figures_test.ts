import assert from "node:assert/strict";
import {
  digestFile,
  type JsonRecord,
  writeArtifact,
} from "../../lib/artifact/mod.ts";
import { createReferenceEngine } from "../../lib/engine/reference/mod.ts";
import { arShapes, vaeShapes } from "../../lib/model/mod.ts";
import { inFolder } from "../lib/artifact/_bytes.ts";
import { AR, randomWeights, VAE } from "../lib/model/_models.ts";
import { runStages, writeImages } from "./measuring_run.ts";

/** Models as trainings leave them, with averages of their weights. */
async function writeModels(folder: string): Promise<void> {
  const recipe = (stage: string, ema: number) => ({
    stage,
    version: 1,
    seed: 0,
    options: { training: { ema } },
  });
  await writeArtifact(`${folder}/ar.safetensors`, {
    kind: "ar",
    tensors: randomWeights(arShapes(AR)),
    config: { ...AR, classes: ["dark", "light", "odd"] },
    recipe: recipe("train-ar", 0.9999),
  });
  await writeArtifact(`${folder}/svae.safetensors`, {
    kind: "svae",
    tensors: randomWeights(vaeShapes(VAE)),
    config: { ...VAE },
    recipe: recipe("train-vae", 0),
  });
}

const RUN = `
seed = 5
[stages.train-classifier]
inputs = { images = "real.safetensors" }
options = { steps = 2, batch = 4 }
[stages.sample]
inputs = { ar = "ar.safetensors", svae = "svae.safetensors" }
options = { steps = 3, cfg = 2.5, cfgSchedule = "constant", count = 6, solver = "euler" }
outputs = { npz = "drawn.npz", png = "drawn/" }
[stages.extract-features]
inputs = { images = "sample.samples", network = "train-classifier.classifier" }
[stages.real]
uses = "extract-features"
inputs = { images = "real.safetensors", network = "train-classifier.classifier" }
`;

/** Evaluates what the run has left, by the name of the step and its inputs. */
function evaluate(name: string, samples: string, reference: string): string {
  return `[stages.${name}]\nuses = "evaluate"\n[stages.${name}.inputs]\n` +
    `samples = "${samples}"\nreference = "${reference}"\n` +
    (reference === "real.features"
      ? ""
      : 'network = "train-classifier.classifier"\n');
}

/** The ways in which samples come to be measured. */
const WAYS = {
  artifact: ["sample.samples", "real.safetensors"],
  npz: ["sample.npz", "real.safetensors"],
  features: ["extract-features.features", "real.features"],
} as const;

/** What a step says of its figures. */
interface Said {
  readonly sets: Record<string, JsonRecord>;
  readonly measured: Record<"samples" | "reference", JsonRecord>;
}

/** A run that has measured its samples in every way, and digests of its files. */
async function measuredRun(folder: string) {
  await writeModels(folder);
  const real = `${folder}/real.safetensors`;
  await writeImages(real, { count: 8, seed: 2, size: VAE.image_size });
  const steps = Object.entries(WAYS)
    .map(([name, [samples, by]]) => evaluate(name, samples, by));
  const { results, lines, path } = await runStages(
    folder,
    [RUN, ...steps].join("\n"),
  );
  return {
    lines,
    saidBy: (way: string) =>
      results.find(({ id }) => id === way)!.summary as unknown as Said,
    ar: await digestFile(`${folder}/ar.safetensors`),
    svae: await digestFile(`${folder}/svae.safetensors`),
    real: await digestFile(real),
    weights: await digestFile(path("train-classifier", "classifier")),
  };
}

Deno.test("figures stand beside all that makes them what they are, in JSON", () =>
  inFolder(async (folder) => {
    const { saidBy, ar, svae, real, weights } = await measuredRun(folder);
    for (const way of Object.keys(WAYS)) {
      const { sets, measured: { samples, reference } } = saidBy(way);
      const { n, n_reference } = sets["samples"]!;
      assert.deepEqual([n, n_reference], [6, 8], way);
      assert.deepEqual(samples["conditions"], {
        ar,
        svae,
        ema: 0.9999,
        cfg: 2.5,
        cfgSchedule: "constant",
        steps: 3,
        solver: "euler",
        classes: "balanced",
        seed: 5,
      }, way);
      assert.equal(samples["weights"], weights, way);
      const images = way === "features"
        ? (reference["images"] as JsonRecord)
        : reference;
      assert.equal(images["digest"], real, way);
    }
  }));

Deno.test("figures stand beside all that makes them what they are, in the table", () =>
  inFolder(async (folder) => {
    const { lines, ar, svae, weights } = await measuredRun(folder);
    const ways = Object.keys(WAYS).length;
    const heads = lines.filter((line) =>
      /samples: 6 of ".*" by 8 images of ".*real/.test(line)
    );
    assert.equal(heads.length, ways);
    const conditions = lines.filter((line) => /cfg 2\.5/.test(line));
    assert.equal(conditions.length, ways);
    const parts = [
      `classifier, weights ${weights.slice(0, 12)}`,
      `ar ${ar.slice(0, 12)}`,
      `svae ${svae.slice(0, 12)}`,
      "ema 0.9999",
      "cfg 2.5",
      "cfgSchedule constant",
      "steps 3",
      "solver euler",
      "classes balanced",
      "seed 5",
    ];
    for (const line of conditions) {
      for (const part of parts) {
        assert.ok(line.includes(part), `${part}: ${line}`);
      }
    }
  }));

Deno.test("pictures of sample are measured as its images, in a pipeline too", () =>
  inFolder(async (folder) => {
    await writeModels(folder);
    const size = VAE.image_size;
    await writeImages(`${folder}/real.safetensors`, {
      count: 8,
      seed: 2,
      size,
    });
    const steps = [
      evaluate("artifact", "sample.samples", "real.safetensors"),
      evaluate("pictures", "sample.png", "real.safetensors"),
    ];
    const { results } = await runStages(folder, [RUN, ...steps].join("\n"));
    const [artifact, pictures] = ["artifact", "pictures"].map((name) => {
      const { summary } = results.find(({ id }) => id === name)!;
      const { sets } = summary as unknown as {
        sets: { samples: Record<string, number> };
      };
      return sets.samples;
    });
    assert.deepEqual(
      pictures!["frechet_classifier"],
      artifact!["frechet_classifier"],
    );
  }));

Deno.test("figures say what features were computed in where that is less than f32", () =>
  inFolder(async (folder) => {
    for (const [name, seed] of [["drawn", 1], ["real", 2]] as const) {
      await writeImages(`${folder}/${name}.safetensors`, { count: 6, seed });
    }
    const network = "runs/p/train-classifier.safetensors";
    const step = (name: string, images: string) =>
      `[stages.${name}]\nuses = "extract-features"\n` +
      `inputs = { images = "${images}", network = "${network}" }\n`;
    const train = "[stages.train-classifier]\n" +
      'inputs = { images = "real.safetensors" }\n' +
      "options = { steps = 2, batch = 4 }\n";
    await runStages(folder, train);
    const exact = createReferenceEngine();
    const engine = Object.create(exact, { precision: { value: "f16" } });
    await runStages(folder, step("half", "drawn.safetensors"), { engine });
    await runStages(folder, step("whole", "real.safetensors"));
    const inputs = (samples: string, reference: string) =>
      "[stages.evaluate]\n" +
      `inputs = { samples = "${samples}", reference = "${reference}", ` +
      `network = "${network}" }\n`;
    const whole = "runs/p/whole.safetensors";
    const precisions = async (text: string, options = {}) => {
      const { results, lines } = await runStages(folder, text, options);
      const { measured } = results[0]!.summary as unknown as {
        measured: Record<string, JsonRecord>;
      };
      const shown = lines.some((line) => /features in f16/.test(line));
      const { samples, reference } = measured;
      return [samples!["precision"], reference!["precision"], shown];
    };
    assert.deepEqual(
      await precisions(inputs("runs/p/half.safetensors", whole)),
      ["f16", undefined, true],
    );
    assert.deepEqual(
      await precisions(inputs("drawn.safetensors", whole), { engine }),
      ["f16", undefined, true],
    );
    assert.deepEqual(
      await precisions(inputs("drawn.safetensors", "real.safetensors")),
      [undefined, undefined, false],
    );
    await exact.close();
  }));
