import assert from "node:assert/strict";
import {
  type ArtifactKind,
  openArtifact,
  UserError,
  writeArtifact,
} from "../../lib/artifact/mod.ts";
import {
  type ArConfig,
  arShapes,
  classifierShapes,
  PAPER_LAW,
  vaeShapes,
} from "../../lib/model/mod.ts";
import type { ParameterShapes } from "../../lib/nn/mod.ts";
import { PRESETS } from "../../lib/preset/checked.ts";
import { type HostTensor, hostTensor } from "../../lib/tensor/mod.ts";
import { openEngine } from "../engines.ts";
import { inFolder } from "../lib/artifact/_bytes.ts";
import { randomWeights, unitRows } from "../lib/model/_models.ts";
import { assertClose } from "../tensors.ts";
import {
  CLASSES,
  type MeasuringRun,
  runStages,
  writeImages,
} from "./measuring_run.ts";

const { engine, reason } = await openEngine("onnx");
Deno.test.afterAll(() => engine?.close());

const { vae: VAE, ar, classifier: CLASSIFIER } = PRESETS.tiny;
const GRID = VAE.image_size / VAE.patch_size;
const AR: ArConfig = {
  ...ar,
  num_classes: CLASSES.length,
  latent_dim: VAE.latent_dim,
  grid: GRID,
  ...PAPER_LAW,
};
const IMAGES = 2;

type Weights = Record<string, HostTensor>;

/** Weights that no initialiser makes. */
function weightsOf(shapes: ParameterShapes): Weights {
  return randomWeights(shapes, 5);
}

async function write(
  path: string,
  kind: ArtifactKind,
  { tensors, config }: { tensors: Weights; config: object },
): Promise<void> {
  await writeArtifact(path, { kind, tensors, config: { ...config } });
}

/** Runs a stage for one step, whose rate is 0: it leaves what it starts from. */
async function start(
  folder: string,
  stage: "train-vae" | "train-ar" | "train-classifier",
): Promise<MeasuringRun & { weights: Weights }> {
  const data = stage === "train-ar" ? "latents" : "images";
  const run = await runStages(
    folder,
    `
[stages.${stage}]
inputs = { ${data} = "${data}.safetensors", init = "init.safetensors" }
options = { steps = 1, batch = 2 }
`,
    { engine: engine! },
  );
  const output = { "train-vae": "svae", "train-ar": "ar" };
  const name = output[stage as keyof typeof output] ?? "classifier";
  const reader = await openArtifact(run.path(stage, name));
  const weights = Object.fromEntries(await reader.readAll());
  reader.close();
  return { ...run, weights };
}

async function writeLatents(folder: string): Promise<void> {
  const tokens = GRID * GRID;
  const mu = unitRows([IMAGES, 1, tokens, VAE.latent_dim], "mu");
  const kappa = new Float32Array(IMAGES * tokens).fill(50);
  await writeArtifact(`${folder}/latents.safetensors`, {
    kind: "latents",
    tensors: {
      mu,
      kappa: hostTensor("f32", [IMAGES, 1, tokens], kappa),
      labels: hostTensor("i32", [IMAGES], Int32Array.of(0, 1)),
    },
    config: { classes: CLASSES, flips: [true, false], mirrored: [false] },
  });
}

function assertKept(found: Weights, expected: Weights, but: string[] = []) {
  for (const [name, value] of Object.entries(expected)) {
    if (but.includes(name)) continue;
    assertClose(found[name]!, value, { what: name, tolerance: 0 });
  }
}

function testStart(name: string, test: (folder: string) => Promise<void>) {
  const why = reason === "" ? "" : ` (ignored: ${reason})`;
  Deno.test({
    name: name + why,
    ignore: engine === undefined,
    fn: () => inFolder(test),
  });
}

async function assertRefused(run: Promise<unknown>, message: RegExp) {
  await assert.rejects(run, (error) => {
    assert.ok(error instanceof UserError, `${error}`);
    assert.match(error.message, message);
    assert.doesNotMatch(error.message, /\n/);
    return true;
  });
}

testStart(
  "train-vae starts from an S-VAE, also one in a whole model",
  async (folder) => {
    const images = { count: IMAGES, seed: 1, size: VAE.image_size };
    await writeImages(`${folder}/images.safetensors`, images);
    const tensors = weightsOf(vaeShapes(VAE));
    const init = `${folder}/init.safetensors`;
    await write(init, "svae", { tensors, config: VAE });
    const alone = await start(folder, "train-vae");
    assertKept(alone.weights, tensors);
    assert.match(alone.lines.join("\n"), /starts from the weights of ".*init/);

    const below = Object.entries(tensors)
      .map(([name, value]) => [`vae.${name}`, value] as const);
    const whole = {
      tensors: { ...Object.fromEntries(below), ...weightsOf(arShapes(AR)) },
      config: { ...AR, vae: VAE },
    };
    await write(init, "model", whole);
    assertKept((await start(folder, "train-vae")).weights, tensors);
    await writeLatents(folder);
    const { weights } = await start(folder, "train-ar");
    assertKept(weights, weightsOf(arShapes(AR)));
  },
);

testStart(
  "train-ar makes class embeddings anew for another number of classes",
  async (folder) => {
    await writeLatents(folder);
    const config = { ...AR, num_classes: 7 };
    const tensors = weightsOf(arShapes(config));
    await write(`${folder}/init.safetensors`, "ar", { tensors, config });
    const { weights, lines } = await start(folder, "train-ar");
    const embeddings = "cls_embedding.weight";
    assertKept(weights, tensors, [embeddings]);
    const { shape, data } = weights[embeddings]! as HostTensor<"f32">;
    assert.deepEqual(shape, [CLASSES.length + 1, AR.dim * AR.cls_token_num]);
    // N(0, 0.02), as they start where no weights are given.
    const power = data.reduce((sum, x) => sum + x * x, 0) / data.length;
    const deviation = Math.sqrt(power);
    if (!(Math.abs(deviation - 0.02) <= 0.002)) {
      assert.fail(`deviation ${deviation}`);
    }
    assert.match(
      lines.join("\n"),
      /but cls_embedding.weight anew: it has 7 classes, expected 2$/m,
    );
  },
);

testStart(
  "train-classifier makes its last layer anew for other classes",
  async (folder) => {
    const images = { count: IMAGES, seed: 1, size: VAE.image_size };
    await writeImages(`${folder}/images.safetensors`, images);
    const { channels, features } = CLASSIFIER;
    const config = {
      image_size: VAE.image_size,
      channels,
      features,
      num_classes: 5,
    };
    const tensors = weightsOf(classifierShapes(config));
    await write(`${folder}/init.safetensors`, "classifier", {
      tensors,
      config,
    });
    const { weights } = await start(folder, "train-classifier");
    assertKept(weights, tensors, ["classes.weight", "classes.bias"]);
    assert.deepEqual(weights["classes.bias"]!.shape, [CLASSES.length]);
  },
);

testStart("trainings refuse weights of other sizes by name", async (folder) => {
  await writeLatents(folder);
  const init = `${folder}/init.safetensors`;
  const config = { ...AR, n_head: 6 };
  const tensors = weightsOf(arShapes(config));
  await write(init, "ar", { tensors, config });
  await assertRefused(
    start(folder, "train-ar"),
    /init.safetensors": config.n_head is 6, expected 3; choose a preset of/,
  );
  const { "proj_in.bias": _, ...lacking } = tensors;
  await write(init, "ar", { tensors: lacking, config: AR });
  await assertRefused(
    start(folder, "train-ar"),
    /tensor "proj_in.bias" must be f32 \[192\], found nothing$/,
  );
  await write(init, "ar", {
    tensors: {
      ...tensors,
      "proj_in.bias": hostTensor("f32", [1], Float32Array.of(1)),
    },
    config: {},
  });
  await assertRefused(
    start(folder, "train-ar"),
    /tensor "proj_in.bias" must be f32 \[192\], found f32 \[1\]$/,
  );
});
