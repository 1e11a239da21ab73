import assert from "node:assert/strict";
import { createReferenceEngine } from "../../../lib/engine/reference/mod.ts";
import {
  PAPER_LAW,
  PERCEPTUAL_NETWORKS,
  type VaeConfig,
  vaeShapes,
  type Vgg16Config,
} from "../../../lib/model/mod.ts";
import type { Engine, HostTensor } from "../../../lib/tensor/mod.ts";
import {
  type AdversarialOptions,
  bindRandom,
  bindScalars,
  bufferName,
  frozenStates,
  startState,
  trainingProgram,
  type TrainingStep,
  updateScalars,
  vaeTrainingStep,
} from "../../../lib/train/mod.ts";
import { testOnEngines } from "../../engines.ts";
import { assertClose } from "../../tensors.ts";
import { noise, randomWeights } from "../model/_models.ts";
import { rule } from "./_rules.ts";

/** The hybrid backbone at 64 pixels, with few channels. */
const CONFIG: VaeConfig = {
  backbone: "hybrid",
  ...PAPER_LAW,
  image_size: 64,
  patch_size: 8,
  latent_dim: 8,
  z_channels: 16,
  cnn_chs: [4, 4, 8, 16],
  encoder_vit_layers: 1,
  decoder_vit_layers: 1,
};
const VGG: Vgg16Config = {
  name: "vgg16-lpips",
  widths: [4, 6, 8],
  repeats: [1, 1, 1],
};
const BATCH = 2;
const IMAGES = noise([BATCH, 3, 64, 64], { name: "images", deviation: 0.5 });

const ADVERSARIAL: AdversarialOptions = {
  discriminator: { name: "patchgan", ndf: 4, n_layers: 2 },
  loss: "hinge",
  generatorLoss: "hinge",
  weight: 0.5,
  from: 0,
  warmup: 0,
  lecam: 0.1,
  r1: 1,
  batchNormRows: 1,
};

function stepOf(
  adversarial: AdversarialOptions | undefined,
  batch = BATCH,
): TrainingStep {
  return vaeTrainingStep({
    config: CONFIG,
    batch,
    klWeight: 0.004,
    update: rule({ rate: 1e-3, adamw: { weightDecay: 0.5 } }),
    perceptual: {
      network: VGG,
      weights: randomWeights(PERCEPTUAL_NETWORKS["vgg16-lpips"].shapes(VGG)),
      weight: 1,
      dropout: true,
    },
    ...adversarial && { adversarial },
  });
}

/** Weights that are no starting values, so that every path counts. */
function weightsOf(step: TrainingStep) {
  const entries = Object.entries(step.players).map(([player, { shapes }]) =>
    [player, randomWeights(shapes)] as const
  );
  return Object.fromEntries(entries);
}

type Values = Readonly<Record<string, HostTensor>>;

/** Scalars and state after some steps from the same start. */
async function stepping(
  engine: Engine,
  step: TrainingStep,
  { steps = 1, images = IMAGES }: { steps?: number; images?: HostTensor } = {},
): Promise<{ scalars: Values; state: Values }> {
  const executable = await engine.compile(trainingProgram(step), {
    frozen: frozenStates(step),
  });
  const state = Object.fromEntries(
    await Promise.all(
      Object.entries(startState(step, weightsOf(step)))
        .map(async ([name, value]) =>
          [name, await engine.upload(value)] as const
        ),
    ),
  );
  let scalars: Record<string, HostTensor> = {};
  for (let number = 0; number < steps; number++) {
    const own = Object.entries(step.scalars ?? {})
      .map(([name, at]) => [name, at(number)] as const);
    const outputs = await engine.run(executable, {
      inputs: {
        images,
        ...bindRandom(1, { step: number, rows: images.shape[0]! }),
        ...bindScalars(updateScalars(step.players, number)),
        ...bindScalars(Object.fromEntries(own)),
      },
      state,
    });
    scalars = {};
    for (const [name, tensor] of Object.entries(outputs)) {
      scalars[name] = await engine.download(tensor);
    }
  }
  const after: Record<string, HostTensor> = {};
  for (const [name, tensor] of Object.entries(state)) {
    after[name] = await engine.download(tensor);
    engine.dispose(tensor);
  }
  engine.dispose(executable);
  return { scalars, state: after };
}

const reference = createReferenceEngine();

await testOnEngines({
  "a step at 64 pixels with LPIPS, PatchGAN, LeCAM and R1 agrees": async (
    engine,
  ) => {
    const step = stepOf(ADVERSARIAL);
    const expected = await stepping(reference, step);
    const found = await stepping(engine, step);
    for (const [name, value] of Object.entries(expected.scalars)) {
      assertClose(found.scalars[name]!, value, { what: name, tolerance: 1e-4 });
    }
    for (const [name, value] of Object.entries(expected.state)) {
      // The first moment is a share of the gradient; the update divides by its
      // size, which makes noise of gradients that are nearly 0.
      if (!/\/m\/|^buffer\//.test(name)) continue;
      const tolerance = name.startsWith("buffer/") ? 1e-5 : 5e-4;
      assertClose(found.state[name]!, value, { what: name, tolerance });
    }
    assert.ok(Object.keys(found.state).some((name) => /\/m\//.test(name)));
  },
}, { reference: false });

Deno.test("a step reports both players' losses and every term", async () => {
  const { scalars } = await stepping(reference, stepOf(ADVERSARIAL));
  const number = (name: string) => scalars[name]!.data[0]!;
  assert.deepEqual(Object.keys(scalars).sort(), [
    "adversarial",
    "discriminator",
    "gradientNorm/discriminator",
    "gradientNorm/generator",
    "kappa",
    "kl",
    "l1",
    "l2",
    "lecam",
    "logits/fake",
    "logits/real",
    "loss/discriminator",
    "loss/generator",
    "perceptual",
    "r1",
  ]);
  const close = (actual: number, expected: number) =>
    assert.ok(
      Math.abs(actual - expected) <= 1e-9 * Math.abs(expected),
      `${actual}, expected ${expected}`,
    );
  close(
    number("loss/generator"),
    number("l1") + 0.004 * number("kl") + number("perceptual") +
      0.5 * number("adversarial"),
  );
  close(
    number("loss/discriminator"),
    0.5 * number("discriminator") + 0.1 * number("lecam") + 0.5 * number("r1"),
  );
  close(number("adversarial"), -number("logits/fake"));
  assert.ok(number("r1") > 0 && number("lecam") > 0);
});

Deno.test("before its start the game moves statistics, and weights by decay alone", async () => {
  const late = stepOf({ ...ADVERSARIAL, from: 3 });
  const before = startState(late, weightsOf(late));
  const { state, scalars } = await stepping(reference, late, { steps: 2 });
  assert.equal(scalars["gradientNorm/discriminator"]!.data[0], 0);
  const rate = 1e-3;
  for (const [name, { data, shape }] of Object.entries(before)) {
    if (!name.startsWith("discriminator/parameter/")) continue;
    // Vectors lie end to end, and do not decay.
    const factor = shape.length > 1 ? (1 - 0.5 * rate) ** 2 : 1;
    data.forEach((value, i) => {
      const error = Math.abs(state[name]!.data[i]! - value * factor);
      assert.ok(error <= 1e-7 * Math.abs(value), `${name} at ${i}`);
    });
  }
  const mean = bufferName("main.3.running_mean");
  assert.ok(state[mean]!.data.some((value) => value !== 0));
  // The generator does not feel it: its steps are those without an adversary.
  const alone = await stepping(reference, stepOf(undefined), { steps: 2 });
  for (const [name, value] of Object.entries(alone.state)) {
    assertClose(state[name]!, value, { what: name, tolerance: 1e-12 });
  }
});

Deno.test("the generator's weights are those of a VAE, the discriminator's its own", () => {
  const { players } = stepOf(ADVERSARIAL);
  assert.deepEqual(Object.keys(players), ["generator", "discriminator"]);
  assert.deepEqual(players.generator!.shapes, vaeShapes(CONFIG));
  assert.equal(players.discriminator!.average, undefined);
  assert.ok(players.discriminator!.decays.has("main.0.weight"));
  assert.ok(!players.discriminator!.decays.has("main.3.weight"));
});
