import assert from "node:assert/strict";
import { join } from "node:path";
import { UserError, writeArtifact } from "../../lib/artifact/mod.ts";
import {
  featureMoments,
  frechetDistance,
  inceptionScore,
} from "../../lib/metric/mod.ts";
import { PERCEPTUAL_NETWORKS } from "../../lib/model/mod.ts";
import { RandomStream } from "../../lib/random/mod.ts";
import { type HostTensor, hostTensor } from "../../lib/tensor/mod.ts";
import { inFolder } from "../lib/artifact/_bytes.ts";
import { randomWeights } from "../lib/model/_models.ts";
import { npzOf } from "../lib/interop/_arrays.ts";
import type { Share } from "../../lib/pipeline/mod.ts";
import { runStages, SIZE, writeImages } from "./measuring_run.ts";

const INCEPTION = "inception-2015-12-05";

/** Numbers of Inception's features. */
const WIDTHS = { pool_3: 2048, spatial: 2023, logits: 1008 };

/** Features as Inception would have them, of nothing. */
function someFeatures(count: number, seed: number) {
  const draws = new RandomStream({ seed, stream: "features" });
  const tensors: Record<string, HostTensor> = {};
  for (const [name, width] of Object.entries(WIDTHS)) {
    const values = Float32Array.from(
      { length: count * width },
      () => draws.normal(),
    );
    tensors[name] = hostTensor("f32", [count, width], values);
  }
  return tensors;
}

/** What features say of their making. */
const MADE = {
  form: INCEPTION,
  height: 64,
  width: 64,
  weights: "ab".repeat(32),
};

async function writeFeatures(
  path: string,
  { tensors, config = {} }: {
    readonly tensors: Readonly<Record<string, HostTensor>>;
    readonly config?: Readonly<Record<string, unknown>>;
  },
): Promise<void> {
  const all = { ...MADE, ...config };
  await writeArtifact(path, { kind: "features", tensors, config: all });
}

/** The figures of one run of the stage. */
async function evaluated(
  folder: string,
  { inputs, options = "", outputs = "", share }: {
    readonly inputs: string;
    readonly options?: string;
    readonly outputs?: string;
    readonly share?: Share;
  },
) {
  const text = `[stages.evaluate]\ninputs = { ${inputs} }\n` +
    `options = { ${options} }\noutputs = { ${outputs} }\n`;
  const run = await runStages(folder, text, share ? { share } : {});
  const summary = run.results.at(-1)!.summary as {
    readonly sets: Record<string, Record<string, number | null>>;
    readonly reconstruction: Record<string, Record<string, number | null>>;
    readonly intervals: Record<string, Record<string, [number, number]>>;
    readonly measured: Record<string, Record<string, unknown>>;
  };
  const kept = outputs === "" ? "" : run.path("evaluate", "statistics");
  const path = run.path("evaluate", "metrics");
  return { ...summary, kept, path, lines: run.lines.join("\n") };
}

const BOTH = 'samples = "a.safetensors", reference = "b.safetensors"';

/** Two sets of features in a folder. */
async function withFeatures(
  test: (
    folder: string,
    sets: Record<"a" | "b", Record<string, HostTensor>>,
  ) => Promise<void>,
): Promise<void> {
  await inFolder(async (folder) => {
    const sets = { a: someFeatures(10, 1), b: someFeatures(12, 2) };
    for (const [name, tensors] of Object.entries(sets)) {
      await writeFeatures(join(folder, `${name}.safetensors`), { tensors });
    }
    await test(folder, sets);
  });
}

/** Fails unless a run is refused in one line. */
async function refused(run: Promise<unknown>, expected: RegExp): Promise<void> {
  await assert.rejects(run, (error) => {
    assert.ok(error instanceof UserError, String(error));
    assert.match(error.message, expected);
    return true;
  });
}

Deno.test("evaluate measures features, and names figures of few samples", () =>
  withFeatures(async (folder, { a, b }) => {
    const { sets, measured, lines } = await evaluated(folder, { inputs: BOTH });
    const figures = sets["samples"]!;
    assert.deepEqual(Object.keys(figures).sort(), [
      "fid_10",
      "inception_score_10",
      "n",
      "n_reference",
      "precision_10",
      "recall_10",
      "sfid_10",
    ]);
    const fid = frechetDistance(a.pool_3!, b.pool_3!);
    assert.ok(Math.abs(figures["fid_10"]! - fid) <= 1e-9 * fid);
    assert.equal(figures["inception_score_10"], inceptionScore(a.logits!));
    assert.deepEqual([figures["n"], figures["n_reference"]], [10, 12]);
    assert.equal(measured["samples"]!["weights"], MADE.weights);
    assert.equal(measured["samples"]!["repeats"], 0);
    assert.match(lines, /fid_10 +\d+\.\d\d +lower is better/);
    assert.match(lines, /weights abababababab/);
    const report = await runStages(
      folder,
      "[stages.evaluate]\n" + `inputs = { ${BOTH} }\n` +
        '[stages.report]\ninputs = { metrics = "evaluate.metrics" }\n',
    );
    const page = await Deno.readTextFile(report.path("report", "html"));
    assert.match(page, /fid_10/);
  }));

Deno.test("evaluate measures what is asked for, with intervals", () =>
  inFolder(async (folder) => {
    const draws = new RandomStream({ seed: 5, stream: "features" });
    for (const name of ["a", "b"]) {
      const values = (width: number) => {
        const data = Float32Array.from(
          { length: 30 * width },
          () => draws.normal(),
        );
        return hostTensor("f32", [30, width], data);
      };
      await writeFeatures(join(folder, `${name}.safetensors`), {
        tensors: { features: values(3), logits: values(2) },
        config: { form: "classifier" },
      });
    }
    const { sets, intervals } = await evaluated(folder, {
      inputs: BOTH,
      options:
        'metrics = ["frechet_classifier", "recall_classifier"], ci = true',
    });
    const { n: _, n_reference: __, ...figures } = sets["samples"]!;
    assert.deepEqual(
      Object.keys(figures).sort(),
      ["frechet_classifier", "recall_classifier"],
    );
    const { frechet_classifier: [low, high] = [0, 0], ...others } =
      intervals["samples"]!;
    assert.deepEqual(others, {});
    const distance = figures["frechet_classifier"]!;
    assert.ok(low < distance && distance < high);
  }));

Deno.test("evaluate keeps statistics that stand for their reference", () =>
  withFeatures(async (folder) => {
    const first = await evaluated(folder, {
      inputs: BOTH,
      outputs: 'statistics = "kept.safetensors"',
    });
    const inputs = `samples = "a.safetensors", reference = "${first.kept}"`;
    const second = await evaluated(folder, {
      inputs,
      options: 'metrics = ["fid", "sfid"]',
    });
    for (const name of ["fid_10", "sfid_10", "n_reference"]) {
      assert.equal(
        second.sets["samples"]![name],
        first.sets["samples"]![name],
        name,
      );
    }
    await refused(
      evaluated(folder, {
        inputs,
        options: 'metrics = ["precision"]',
      }),
      /Cannot measure precision: ".*kept\.safetensors" has no pool_3 of/,
    );
  }));

Deno.test("evaluate takes the statistics of ADM's references", () =>
  withFeatures(async (folder, { a, b }) => {
    const { mean, covariance } = featureMoments(b.pool_3!);
    const archive = npzOf({
      mu: { descr: "<f8", shape: [2048], data: mean },
      sigma: { descr: "<f8", shape: [2048, 2048], data: covariance.data },
    });
    await Deno.writeFile(join(folder, "reference.npz"), archive);
    const { sets } = await evaluated(folder, {
      inputs: 'samples = "a.safetensors", reference = "reference.npz"',
    });
    const { fid_10, n_reference, ...others } = sets["samples"]!;
    const fid = frechetDistance(a.pool_3!, b.pool_3!);
    assert.ok(Math.abs(fid_10! - fid) <= 1e-9 * fid);
    assert.equal(n_reference, null);
    assert.deepEqual(Object.keys(others).sort(), ["inception_score_10", "n"]);
  }));

Deno.test("evaluate refuses copies among samples, unless they are asked for", () =>
  withFeatures(async (folder) => {
    const tensors = someFeatures(6, 3);
    const { data } = tensors.pool_3!;
    data.copyWithin(4 * WIDTHS.pool_3, WIDTHS.pool_3, 2 * WIDTHS.pool_3);
    await writeFeatures(join(folder, "a.safetensors"), { tensors });
    await refused(
      evaluated(folder, { inputs: BOTH }),
      /1 of its 6 samples are copies, the first is 4 of 1: .*--repeats/,
    );
    const { measured } = await evaluated(folder, {
      inputs: BOTH,
      options: "repeats = true",
    });
    assert.equal(measured["samples"]!["repeats"], 1);
  }));

Deno.test("evaluate refuses sets that do not fit each other", () =>
  withFeatures(async (folder, { b: tensors }) => {
    const other = join(folder, "b.safetensors");
    await writeFeatures(other, { tensors, config: { height: 32, width: 32 } });
    await refused(
      evaluated(folder, { inputs: BOTH }),
      /images are 64 x 64 and 32 x 32, expected equal sizes/,
    );
    await writeFeatures(other, { tensors, config: { weights: "cd" } });
    await refused(
      evaluated(folder, { inputs: BOTH }),
      /weights abababababab and cd, expected equal ones/,
    );
    await refused(
      evaluated(folder, { inputs: BOTH, options: 'metrics = ["psnr"]' }),
      /Cannot measure psnr: give --reconstructions FILE/,
    );
    await writeFeatures(other, { tensors });
    await refused(
      evaluated(folder, {
        inputs: 'reconstructions = "a.safetensors", ' +
          'reference = "b.safetensors"',
        options: 'metrics = ["psnr"]',
      }),
      /Cannot measure psnr: ".*a\.safetensors" has no images/,
    );
    const narrow = npzOf({
      mu: { descr: "<f8", shape: [1], data: [0] },
      sigma: { descr: "<f8", shape: [1, 1], data: [1] },
    });
    await Deno.writeFile(join(folder, "narrow.npz"), narrow);
    await refused(
      evaluated(folder, {
        inputs: 'samples = "a.safetensors", reference = "narrow.npz"',
        options: 'metrics = ["fid"]',
      }),
      /Cannot measure fid: pool_3 of .* have 2048 and 1 numbers/,
    );
    const broken = {
      ...tensors,
      pool_3: hostTensor(
        "f32",
        [12, WIDTHS.pool_3],
        new Float32Array(12 * WIDTHS.pool_3).fill(NaN, 7, 8),
      ),
    };
    await writeFeatures(other, { tensors: broken });
    await refused(
      evaluated(folder, { inputs: BOTH }),
      /b\.safetensors.*pool_3/,
    );
    await refused(
      evaluated(folder, { inputs: 'reference = "b.safetensors"' }),
      /give --samples, --reconstructions or both/,
    );
  }));

/** A classifier of the test's images, by two steps. */
const CLASSIFIER = `
[stages.train-classifier]
inputs = { images = "train.safetensors" }
options = { steps = 2, batch = 4 }
`;

Deno.test("evaluate takes features of images, also of an archive of arrays", () =>
  inFolder(async (folder) => {
    for (const [name, seed] of [["train", 1], ["real", 2]] as const) {
      const path = join(folder, `${name}.safetensors`);
      await writeImages(path, { count: 10, seed });
    }
    const draws = new RandomStream({ seed: 3, stream: "pixels" });
    const data = Uint8Array.from(
      { length: 8 * SIZE * SIZE * 3 },
      () => draws.integer(256),
    );
    const shape = [8, SIZE, SIZE, 3];
    const archive = npzOf({ arr_0: { descr: "|u1", shape, data } });
    await Deno.writeFile(join(folder, "drawn.npz"), archive);
    await writeArtifact(join(folder, "drawn.safetensors"), {
      kind: "samples",
      tensors: {
        images: hostTensor("u8", shape, data),
        labels: hostTensor("i32", [8], new Int32Array(8)),
      },
      config: {},
    });
    const trained = await runStages(folder, CLASSIFIER);
    const network = trained.path("train-classifier", "classifier");
    const inputs = (samples: string) =>
      `samples = "${samples}", reference = "real.safetensors", ` +
      `network = "${network}"`;
    const one = await evaluated(folder, { inputs: inputs("drawn.npz") });
    const two = await evaluated(folder, {
      inputs: inputs("drawn.safetensors"),
    });
    const { class_accuracy, ...figures } = two.sets["samples"]!;
    assert.ok(class_accuracy! >= 0);
    assert.deepEqual(one.sets["samples"], figures);
    // By two processes, of which the one that ends last measures.
    await Deno.remove(two.path);
    const halves = [];
    for (const rank of [1, 0]) {
      halves.push(
        await evaluated(folder, {
          inputs: inputs("drawn.safetensors"),
          share: { rank, world: 2 },
        }),
      );
    }
    assert.equal(halves[0]!.sets, undefined);
    assert.match(halves[0]!.lines, /2 pieces of other ranks are missing/);
    assert.deepEqual(halves[1]!.sets, two.sets);
    assert.ok(figures["frechet_classifier"]! > 0);
    await refused(
      evaluated(folder, {
        inputs: 'samples = "drawn.npz", reference = "real.safetensors"',
      }),
      /Cannot measure samples: ".*drawn\.npz" has no pool_3 of inception-2015-12-05: --network inception-2015-12-05 takes them, which spherear fetch gets/,
    );
  }));

Deno.test("evaluate compares reconstructions with the images of the reference", () =>
  inFolder(async (folder) => {
    for (
      const [name, count] of [["real", 6], ["copies", 6], ["few", 5]] as const
    ) {
      const path = join(folder, `${name}.safetensors`);
      await writeImages(path, { count, seed: count + name.length });
    }
    const { reconstruction, sets } = await evaluated(folder, {
      inputs: 'reconstructions = "copies.safetensors", ' +
        'reference = "real.safetensors"',
    });
    const { n, psnr, ssim } = reconstruction["reconstructions"]!;
    assert.equal(n, 6);
    assert.ok(psnr! > 5 && psnr! < 30 && ssim! < 1);
    assert.deepEqual(sets["reconstructions"], { n: 6, n_reference: 6 });
    const inputs = 'reconstructions = "copies.safetensors", ' +
      'reference = "real.safetensors"';
    const options = 'metrics = ["lpips"]';
    await refused(
      evaluated(folder, { inputs, options }),
      /Cannot measure lpips: give --perceptual FILE/,
    );
    const config = { name: "vgg16-lpips", widths: [4], repeats: [1] } as const;
    await writeArtifact(join(folder, "vgg.safetensors"), {
      kind: "perceptual",
      tensors: randomWeights(PERCEPTUAL_NETWORKS[config.name].shapes(config)),
      config,
    });
    const { reconstruction: found } = await evaluated(folder, {
      inputs: `${inputs}, perceptual = "vgg.safetensors"`,
      options,
    });
    const { n: _, lpips, ...others } = found["reconstructions"]!;
    assert.ok(Number.isFinite(lpips) && lpips !== 0);
    assert.deepEqual(others, {});
    await refused(
      evaluated(folder, {
        inputs: 'reconstructions = "few.safetensors", ' +
          'reference = "real.safetensors"',
      }),
      /5 images of 12 x 12 and 6 images of 12 x 12, expected one for each/,
    );
  }));
