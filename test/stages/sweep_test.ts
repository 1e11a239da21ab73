import assert from "node:assert/strict";
import { join } from "node:path";
import {
  digestFile,
  openArtifact,
  UserError,
  writeArtifact,
} from "../../lib/artifact/mod.ts";
import { createReferenceEngine } from "../../lib/engine/reference/mod.ts";
import { arShapes, vaeShapes } from "../../lib/model/mod.ts";
import { singleCollective } from "../../lib/parallel/mod.ts";
import { checkOptions, createLogger } from "../../lib/pipeline/mod.ts";
import { runSweep } from "../../lib/workflow/sweep/mod.ts";
import { command } from "../../stages/sweep.ts";
import { inFolder } from "../lib/artifact/_bytes.ts";
import { AR, randomWeights, VAE } from "../lib/model/_models.ts";
import { runStages, silentProgress, writeImages } from "./measuring_run.ts";

const SIZE = VAE.image_size;

/** A folder with models, a reference and a classifier that looks at both. */
async function withModels(
  test: (folder: string) => Promise<void>,
): Promise<void> {
  await inFolder(async (folder) => {
    await writeArtifact(join(folder, "ar.safetensors"), {
      kind: "ar",
      tensors: randomWeights(arShapes(AR)),
      config: { ...AR, classes: ["a", "b", "c"] },
    });
    await writeArtifact(join(folder, "svae.safetensors"), {
      kind: "svae",
      tensors: randomWeights(vaeShapes(VAE)),
      config: { ...VAE },
    });
    const real = join(folder, "real.safetensors");
    await writeImages(real, { count: 12, seed: 1, size: SIZE });
    const run = await runStages(
      folder,
      "[stages.train-classifier]\n" +
        'inputs = { images = "real.safetensors" }\n' +
        "options = { steps = 2, batch = 4 }\n",
    );
    const made = run.path("train-classifier", "classifier");
    await Deno.rename(made, join(folder, "classifier.safetensors"));
    await test(folder);
  });
}

/** What a sweep said and printed. */
interface Swept {
  readonly lines: readonly string[];
  readonly out: string;
  readonly json: Record<string, unknown> & {
    readonly points: readonly {
      readonly name: string;
      readonly cfg: number;
      readonly figures: Readonly<Record<string, number>>;
      readonly measured: Readonly<Record<string, Record<string, unknown>>>;
      readonly recipe: Readonly<Record<string, unknown>>;
    }[];
  };
}

/** Runs a sweep as the command does, on the reference engine. */
async function sweep(
  folder: string,
  given: Readonly<Record<string, unknown>>,
  { cutAt = Infinity }: { readonly cutAt?: number } = {},
): Promise<Swept> {
  const options = checkOptions(command.options, {
    where: "sweep",
    given: {
      ar: join(folder, "ar.safetensors"),
      svae: join(folder, "svae.safetensors"),
      reference: join(folder, "real.safetensors"),
      network: join(folder, "classifier.safetensors"),
      output: join(folder, "sweep"),
      steps: "3",
      count: 6,
      batch: 2,
      repeats: true,
      ...given,
    },
  });
  const controller = new AbortController();
  const engine = createReferenceEngine();
  const lines: string[] = [];
  const out: string[] = [];
  try {
    await runSweep({
      options,
      args: [],
      json: true,
      quiet: false,
      color: false,
      seed: 0,
      share: undefined,
      device: "auto",
      engine: () => Promise.resolve(engine),
      commandLine: [],
      environment: () => undefined,
      ranks: () => Promise.resolve(singleCollective()),
      remoteFiles: () => Promise.reject(new Error("No files of others")),
      loadStage: () => Promise.resolve(undefined),
      print: (text) => out.push(text),
      progress: silentProgress((done) => {
        if (done >= cutAt) controller.abort();
      }),
      log: createLogger({ write: (line) => lines.push(line) }),
      signal: controller.signal,
    });
  } finally {
    await engine.close();
  }
  return { lines, out: out.join("\n"), json: JSON.parse(out.join("\n")) };
}

/** How many points ran. */
function ran({ lines }: Swept): number {
  return lines.filter((line) => /^cfg .* runs: /.test(line)).length;
}

/** Digests of the points' figures by their names. */
async function pointDigests(
  folder: string,
): Promise<Record<string, string>> {
  const place = join(folder, "sweep/points");
  const names = [...Deno.readDirSync(place)].filter(({ isFile }) => isFile)
    .map(({ name }) => name).sort();
  const digests = names.map(async (name) =>
    [name, await digestFile(join(place, name))] as const
  );
  return Object.fromEntries(await Promise.all(digests));
}

/** The bytes of a point's images. */
async function imagesOf(path: string): Promise<Uint8Array> {
  const reader = await openArtifact(path, "samples");
  try {
    return (await reader.read("images")).data as Uint8Array;
  } finally {
    reader.close();
  }
}

function apart(a: Uint8Array, b: Uint8Array): number {
  return a.reduce((sum, byte, i) => sum + Math.abs(byte - b[i]!), 0);
}

Deno.test("sweep measures its points once, and later ones alone", () =>
  withModels(async (folder) => {
    const first = await sweep(folder, { cfg: "1,2" });
    assert.equal(ran(first), 2);
    assert.deepEqual(first.json.points.map(({ cfg }) => cfg), [1, 2]);
    assert.equal(first.json.figure, "frechet_classifier");
    for (const { figures, recipe } of first.json.points) {
      assert.ok(figures["frechet_classifier"]! > 0);
      assert.equal(recipe["stage"], "sweep");
    }
    const { measured } = first.json.points[1]!;
    const digest = (name: string) =>
      digestFile(join(folder, `${name}.safetensors`));
    assert.deepEqual(measured["samples"]!["conditions"], {
      ar: await digest("ar"),
      svae: await digest("svae"),
      cfg: 2,
      cfgSchedule: "constant",
      steps: 3,
      solver: "euler",
      classes: "balanced",
      seed: 0,
    });
    const before = await pointDigests(folder);
    const again = await sweep(folder, { cfg: "1,2" });
    assert.equal(ran(again), 0);
    assert.ok(again.lines.some((line) => /^page +done/.test(line)));
    const more = await sweep(folder, { cfg: "1:3:1" });
    assert.equal(ran(more), 1);
    assert.equal(more.json.points.length, 3);
    const after = await pointDigests(folder);
    assert.equal(Object.keys(after).length, 3);
    assert.deepEqual({ ...after, ...before }, after);
    const page = await Deno.readTextFile(join(folder, "sweep/sweep.html"));
    assert.match(page, /frechet_classifier by cfg/);
    const kept = [...Deno.readDirSync(join(folder, "sweep/.spherear"))]
      .filter(({ name }) => name.startsWith("reference-"));
    assert.equal(kept.length, 1);
  }));

Deno.test("report shows a sweep as its own page does", () =>
  withModels(async (folder) => {
    const { json } = await sweep(folder, { cfg: "1,2,3" });
    const report = (path: string) =>
      runStages(
        folder,
        `[stages.report]\ninputs = { sweep = "${path}", ar = "ar.safetensors" }\n` +
          'outputs = { figures = "report.json" }\n',
      );
    const run = await report("sweep/");
    const figures = JSON.parse(
      await Deno.readTextFile(run.path("report", "figures")),
    );
    assert.deepEqual(
      figures.tables.points[json.points[1]!.name],
      json.points[1]!.figures,
    );
    const curve = /<figure[^>]*>\s*<figcaption><h3>frechet.*?<\/figure>/s;
    const own = await Deno.readTextFile(join(folder, "sweep/sweep.html"));
    const page = await Deno.readTextFile(run.path("report", "html"));
    assert.match(own, curve);
    assert.equal(curve.exec(page)?.[0], curve.exec(own)![0]);
    assert.match(page, /Best frechet_classifier/);
    const again = await report("sweep/");
    assert.equal(again.results.at(-1)!.state, "done");
    await sweep(folder, { cfg: "1,2" });
    const shorter = await report("sweep/");
    assert.equal(shorter.results.at(-1)!.state, "ran");
  }));

Deno.test("a sweep that is cut goes on within the point, to the same bytes", () =>
  withModels(async (folder) => {
    await sweep(folder, { cfg: "1,2" });
    const whole = await pointDigests(folder);
    const json = await digestFile(join(folder, "sweep/sweep.json"));
    await Deno.remove(join(folder, "sweep"), { recursive: true });
    await assert.rejects(sweep(folder, { cfg: "1,2" }, { cutAt: 9 }));
    const rest = await sweep(folder, { cfg: "1,2" });
    assert.ok(rest.lines.some((line) => /it was cut, goes on/.test(line)));
    assert.deepEqual(await pointDigests(folder), whole);
    assert.equal(await digestFile(join(folder, "sweep/sweep.json")), json);
  }));

Deno.test("images of a point are those of sample, and near those of its neighbour", () =>
  withModels(async (folder) => {
    await sweep(folder, { cfg: "2,2.01", seed: "0,1", keepImages: true });
    const images = (cfg: string, seed: number) => {
      const name = `cfg-${cfg}_steps-3_constant_euler_seed-${seed}`;
      return imagesOf(join(folder, "sweep/images", name));
    };
    const run = await runStages(
      folder,
      "[stages.sample]\n" +
        'inputs = { ar = "ar.safetensors", svae = "svae.safetensors" }\n' +
        "options = { steps = 3, cfg = 2, count = 6, batch = 2 }\n",
    );
    const point = await images("2", 0);
    assert.deepEqual(point, await imagesOf(run.path("sample", "samples")));
    const near = apart(point, await images("2.01", 0));
    const far = apart(point, await images("2", 1));
    assert.ok(near > 0 && near < far / 10, `${near} and ${far}`);
  }));

Deno.test("sweep refuses models and lists that do not fit, in one line", () =>
  withModels(async (folder) => {
    const large = join(folder, "large.safetensors");
    await writeImages(large, { count: 4, seed: 1, size: 16 });
    const refused: readonly (readonly [Record<string, unknown>, RegExp])[] = [
      [{ cfg: "3:1:1" }, /Cannot use --cfg "3:1:1"/],
      [{ svae: undefined }, /expected either --model, or --ar and --svae/],
      [
        { metrics: ["fid"] },
        /Cannot measure fid: it takes features of inception-2015-12-05, .* is classifier/,
      ],
      [{ metrics: ["ssim"] }, /Cannot sweep ssim: it is no figure of samples/],
      [
        { reference: large },
        /its images have 16 pixels a side, those of the model 8/,
      ],
      [{ classes: "whale" }, /Cannot sample class "whale"/],
    ];
    for (const [given, expected] of refused) {
      await assert.rejects(sweep(folder, given), (error) => {
        assert.ok(error instanceof UserError, String(error));
        assert.match(error.message, expected);
        return true;
      });
    }
    // All of that is told before images are sampled.
    const place = join(folder, "sweep/points/.spherear");
    assert.deepEqual([...Deno.readDirSync(place)], []);
  }));
