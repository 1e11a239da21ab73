import assert from "node:assert/strict";
import {
  type ArtifactKind,
  digestFile,
  openArtifact,
  UserError,
  writeArtifact,
} from "../../lib/artifact/mod.ts";
import { PAPER_LAW } from "../../lib/model/mod.ts";
import { PRESETS } from "../../lib/preset/checked.ts";
import { type HostTensor, hostTensor } from "../../lib/tensor/mod.ts";
import { readAr, readVae } from "../../lib/workflow/models/models.ts";
import { openEngine } from "../engines.ts";
import { inFolder } from "../lib/artifact/_bytes.ts";
import { noise } from "../lib/model/_models.ts";
import { CLASSES, runStages, writeImages } from "./measuring_run.ts";

const { engine, reason } = await openEngine("onnx");
Deno.test.afterAll(() => engine?.close());

const SIDE = PRESETS.tiny.vae.image_size;
const TOKENS = (SIDE / PRESETS.tiny.vae.patch_size) ** 2;
const D = PRESETS.tiny.vae.latent_dim;
const STEPS = 3;
const IMAGES = 5;

function trainVae(options = ""): string {
  return `
[stages.train-vae]
inputs = { images = "train.safetensors" }
options = { steps = ${STEPS}, batch = 2${options} }
`;
}

/** Options of a game with all that moves from step to step. */
const AGAINST = `, set = [
  "training.adversarial.weight=0.1",
  "training.adversarial.from=1",
  "training.adversarial.batchNormRows=1",
  "training.adversarial.lecam=0.1",
  "training.adversarial.r1=1",
]`;

const CACHE = `
[stages.cache]
inputs = { images = "train.safetensors", svae = "train-vae.svae" }
options = { batch = 4 }
`;

function trainAr(options = "", latents = "latents.safetensors"): string {
  return `
[stages.train-ar]
inputs = { latents = "${latents}" }
options = { steps = ${STEPS}, batch = 2${options} }
`;
}

/** Declares a test on the engine for training at full width. */
function testTraining(
  name: string,
  test: (folder: string) => Promise<void>,
): void {
  const why = reason === "" ? "" : ` (ignored: ${reason})`;
  Deno.test({
    name: name + why,
    ignore: engine === undefined,
    fn: () => inFolder(test),
  });
}

async function writeTraining(folder: string): Promise<void> {
  const images = { count: IMAGES, seed: 1, size: SIDE };
  await writeImages(`${folder}/train.safetensors`, images);
}

/** Latents as cache writes them, for models of any size. */
async function writeLatents(
  folder: string,
  { mu, spreads = ["kappa"], config = {} }: {
    readonly mu?: HostTensor<"f32">;
    /** Which of kappa and sigma are there. */
    readonly spreads?: readonly string[];
    readonly config?: Readonly<Record<string, unknown>>;
  } = {},
): Promise<void> {
  const unit = noise([IMAGES, 2, 4, 3], { name: "mu" });
  for (let start = 0; start < unit.data.length; start += 3) {
    const part = unit.data.subarray(start, start + 3);
    const norm = Math.hypot(...part);
    part.forEach((x, i) => part[i] = x / norm);
  }
  const directions = mu ?? unit;
  const [, , tokens] = directions.shape as [number, number, number];
  const kappa = new Float32Array(IMAGES * 2 * tokens).fill(50);
  const labels = Int32Array.from({ length: IMAGES }, (_, i) => i % 2);
  await writeArtifact(`${folder}/latents.safetensors`, {
    kind: "latents",
    tensors: {
      mu: directions,
      ...spreads.includes("sigma") && { sigma: directions },
      ...spreads.includes("kappa") &&
        { kappa: hostTensor("f32", [IMAGES, 2, tokens], kappa) },
      labels: hostTensor("i32", [IMAGES], labels),
    },
    config: {
      classes: CLASSES,
      flips: [true, false],
      mirrored: [false, true],
      ...config,
    },
  });
}

/** Opens an artifact for as long as it is used. */
async function using<T>(
  path: string,
  kind: ArtifactKind,
  use: (reader: Awaited<ReturnType<typeof openArtifact>>) => Promise<T>,
): Promise<T> {
  const reader = await openArtifact(path, kind);
  try {
    return await use(reader);
  } finally {
    reader.close();
  }
}

/** Requires a run to fail with one line for the user, and to leave no output. */
async function assertRefused(
  run: Promise<unknown>,
  { message, output }: { message: RegExp; output: string },
): Promise<void> {
  await assert.rejects(run, (error) => {
    assert.ok(error instanceof UserError, `${error}`);
    assert.match(error.message, message);
    assert.doesNotMatch(error.message, /\n/);
    return true;
  });
  await assert.rejects(Deno.stat(output), Deno.errors.NotFound);
}

testTraining(
  "trainings in epochs record the steps that they are of the images",
  async (folder) => {
    await writeTraining(folder);
    // Whole batches of 2 in 5 images: 2 steps an epoch.
    const text = trainVae().replace(`steps = ${STEPS}`, "epochs = 1.5");
    const { path } = await runStages(folder, text, { engine: engine! });
    const svae = path("train-vae", "svae");
    await using(svae, "svae", async (reader) => {
      const { training } = reader.recipe!.options as {
        training: { steps: number; epochs?: number };
      };
      assert.equal(training.steps, 3);
      assert.equal(training.epochs, undefined);
      assert.deepEqual((await reader.read("log/loss")).shape, [3]);
    });
    const again = await runStages(folder, trainVae(), { engine: engine! });
    assert.deepEqual(again.results.map(({ state }) => state), ["done"]);
  },
);

testTraining(
  "train-vae, cache and train-ar leave valid artifacts",
  async (folder) => {
    await writeTraining(folder);
    const text = trainVae() + CACHE + trainAr("", "cache.latents");
    const run = await runStages(folder, text, { engine: engine! });
    assert.deepEqual(run.results.map(({ state }) => state), [
      "ran",
      "ran",
      "ran",
    ]);

    await using(run.path("train-vae", "svae"), "svae", async (reader) => {
      assert.deepEqual((await readVae(reader)).config, PRESETS.tiny.vae);
      const { shape, data } = await reader.read("log/loss");
      assert.deepEqual(shape, [STEPS]);
      assert.ok(data.every((loss) => loss > 0 && loss < 10), `${data}`);
    });

    await using(run.path("cache", "latents"), "latents", async (reader) => {
      // Five shifts, each mirrored too.
      assert.deepEqual(reader.sizes, {
        images: IMAGES,
        views: 10,
        tokens: TOKENS,
        latent: D,
      });
      assert.deepEqual(reader.config["classes"], CLASSES);
      assert.deepEqual(reader.config["flips"], [true, false]);
      const mirrored = Array.from({ length: 10 }, (_, view) => view % 2 === 1);
      assert.deepEqual(reader.config["mirrored"], mirrored);
      const { data: mu } = await reader.read("mu");
      for (let start = 0; start < mu.length; start += D) {
        const norm = Math.hypot(...mu.subarray(start, start + D));
        if (!(Math.abs(norm - 1) <= 1e-5)) assert.fail(`norm ${norm}`);
      }
      const { data: kappa } = await reader.read("kappa");
      assert.ok(kappa.every((value) => value > 1));
    });

    await using(run.path("train-ar", "ar"), "ar", async (reader) => {
      const { config } = await readAr(reader);
      assert.deepEqual(config, {
        ...PRESETS.tiny.ar,
        ...PAPER_LAW,
        num_classes: 2,
        latent_dim: D,
        grid: Math.sqrt(TOKENS),
      });
      assert.deepEqual(reader.config["classes"], CLASSES);
      const { data } = await reader.read("log/loss");
      assert.ok(data.length === STEPS && data.every((loss) => loss < 5));
    });

    const again = await runStages(folder, text, { engine: engine! });
    assert.deepEqual(again.results.map(({ state }) => state), [
      "done",
      "done",
      "done",
    ]);
  },
);

for (
  const [what, text, name, output] of [
    ["train-vae", trainVae(), "train-vae", "svae"],
    [
      "train-vae against a discriminator",
      trainVae(AGAINST),
      "train-vae",
      "svae",
    ],
    ["train-ar", trainAr(), "train-ar", "ar"],
  ] as const
) {
  testTraining(
    `${what} gives the bytes of its seed, also after a cut`,
    async (folder) => {
      await writeTraining(folder);
      await writeLatents(folder);
      const how = { engine: engine! };
      const path = (await runStages(folder, text, how)).path(name, output);
      const expected = await digestFile(path);
      await Deno.remove(path);
      await assert.rejects(runStages(folder, text, { ...how, cutAt: 2 }), {
        name: "AbortError",
      });
      await assert.rejects(Deno.stat(path), Deno.errors.NotFound);
      const { lines } = await runStages(folder, text, how);
      assert.match(lines.join("\n"), /it was cut, goes on/);
      assert.equal(await digestFile(path), expected);
    },
  );
}

testTraining("train-vae gives other bytes of another seed", async (folder) => {
  await writeTraining(folder);
  const digests: string[] = [];
  for (const seed of [0, 1]) {
    const text = `seed = ${seed}\n${trainVae()}`;
    const run = await runStages(folder, text, { engine: engine! });
    digests.push(await digestFile(run.path("train-vae", "svae")));
  }
  assert.notEqual(digests[0], digests[1]);
});

testTraining(
  "train-ar stops at a loss that is not finite, naming the step",
  async (folder) => {
    await writeLatents(folder);
    const how = { engine: engine! };
    const output = `${folder}/runs/p/train-ar.ar.safetensors`;
    const run = runStages(folder, trainAr(", learningRate = 1e38"), how);
    await assertRefused(run, {
      message: /Cannot go on training "train-ar": the .* at step \d+; /,
      output,
    });
  },
);

Deno.test("train-vae refuses images of another size", () =>
  inFolder(async (folder) => {
    const images = { count: 2, seed: 1, size: 16 };
    await writeImages(`${folder}/train.safetensors`, images);
    await assertRefused(runStages(folder, trainVae()), {
      message: /its images are 16 x 16, expected 32 x 32$/,
      output: `${folder}/runs/p/train-vae.svae.safetensors`,
    });
  }));

Deno.test("train-vae refuses a set without images", () =>
  inFolder(async (folder) => {
    const images = { count: 0, seed: 1, size: SIDE };
    await writeImages(`${folder}/train.safetensors`, images);
    await assertRefused(runStages(folder, trainVae()), {
      message: /it holds no images$/,
      output: `${folder}/runs/p/train-vae.svae.safetensors`,
    });
  }));

Deno.test("train-ar refuses latents that it cannot use", () =>
  inFolder(async (folder) => {
    const broken = noise([IMAGES, 2, 4, 3], { name: "mu" });
    broken.data.fill(NaN);
    const cases = [
      [{ mu: noise([IMAGES, 2, 5, 3], { name: "mu" }) }, /\(found 5\)/],
      [{ mu: broken }, /tensor "mu" holds NaN at element 0 of/],
      [
        { spreads: [] },
        /are Power Spherical: expected "kappa" F32 \[5,2,4\], found none$/,
      ],
      [
        { spreads: ["kappa", "sigma"] },
        /expected "sigma" not there, found F32 \[5,2,4,3\]$/,
      ],
      [
        { config: { posterior: "gaussian" } },
        /are diagonal Gaussian: expected "sigma" F32 \[5,2,4,3\] or F16 \[.*\], found none$/,
      ],
      [
        { config: { posterior: "flat" } },
        /config\.posterior: .*, found "flat"$/,
      ],
      [{ config: { normalize: "all" } }, /normalize is "all", expected none/],
      [
        { config: { classes: ["dark"] } },
        /label 1 of image \d+ is out of range, expected 0 to 0/,
      ],
      [{ config: { mirrored: [false] } }, /config\.mirrored/],
      [
        { config: { classes: "dark" } },
        /config\.classes: expected a list, found "dark"/,
      ],
    ] as const;
    for (const [changes, message] of cases) {
      await writeLatents(folder, changes);
      await assertRefused(runStages(folder, trainAr()), {
        message,
        output: `${folder}/runs/p/train-ar.ar.safetensors`,
      });
    }
  }));
