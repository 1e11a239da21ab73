import assert from "node:assert/strict";
import {
  PAPER_LAW,
  PERCEPTUAL_NETWORKS,
  perceptualDistance,
  type VaeConfig,
  vaeShapes,
  type Vgg16Config,
} from "../../../lib/model/mod.ts";
import {
  bindRandom,
  firstCheckpoint,
  train,
  type TrainingStep,
  vaeTrainingStep,
  vaeValidation,
} from "../../../lib/train/mod.ts";
import { constant, type HostTensor, mean } from "../../../lib/tensor/mod.ts";
import { testOnEngines } from "../../engines.ts";
import { inFolder } from "../artifact/_bytes.ts";
import { constants, evaluate, noise, randomWeights } from "../model/_models.ts";
import { rule } from "./_rules.ts";

const CONFIG: VaeConfig = {
  backbone: "hybrid",
  ...PAPER_LAW,
  image_size: 32,
  patch_size: 8,
  latent_dim: 4,
  z_channels: 16,
  cnn_chs: [4, 4, 8, 16],
  encoder_vit_layers: 1,
  decoder_vit_layers: 1,
};
const VGG: Vgg16Config = {
  name: "vgg16-lpips",
  widths: [4, 6],
  repeats: [1, 1],
};
const BATCH = 2;
const IMAGES = noise([BATCH, 3, 32, 32], { name: "images", deviation: 0.5 });
const NETWORK = PERCEPTUAL_NETWORKS["vgg16-lpips"];
const WEIGHTS = randomWeights(NETWORK.shapes(VGG));

function step(rows: number): TrainingStep {
  // The first step of a warm-up moves nothing.
  const schedule = { peak: 1, min: 0, warmup: 9, decayStart: 9, total: 9 };
  return vaeTrainingStep({
    config: CONFIG,
    batch: rows,
    klWeight: 0,
    update: rule({ schedule }),
  });
}

const PROBE = vaeValidation({
  config: CONFIG,
  batch: BATCH,
  perceptual: { network: VGG, weights: WEIGHTS },
});

await testOnEngines({
  "vaeValidation() reconstructs as the step does, and takes the distance of that":
    (
      engine,
    ) =>
      inFolder(async (folder) => {
        const batch = {
          images: IMAGES,
          ...bindRandom(7, { step: 0, rows: BATCH }),
        };
        const weights = { generator: randomWeights(vaeShapes(CONFIG)) };
        let found: Record<string, HostTensor> = {};
        const { log } = await train({
          engine,
          step,
          rows: BATCH,
          steps: 1,
          start: () => Promise.resolve(firstCheckpoint(step(BATCH), weights)),
          batch: () => batch,
          checkpoint: `${folder}/checkpoint.safetensors`,
          signal: new AbortController().signal,
          pauses: [{
            due: () => true,
            run: async (moment) => {
              found = await moment.probe(PROBE, batch);
            },
          }],
        });
        const { reconstruction, distance } = found;
        const errors = reconstruction!.data
          .map((x, i) => Math.abs(x - IMAGES.data[i]!)) as Float32Array;
        const l1 = errors.reduce((sum, x) => sum + x, 0) / errors.length;
        assertNear(l1, log["l1"]![0]!);
        const expected = await evaluate({
          distance: mean(perceptualDistance(NETWORK, constants(WEIGHTS), {
            image: constant(IMAGES),
            reconstruction: constant(reconstruction!),
            config: VGG,
          })),
        });
        assertNear(distance!.data[0]!, expected.distance.data[0]!);
      }),
});

function assertNear(found: number, expected: number): void {
  if (!(Math.abs(found - expected) <= 1e-3 * Math.abs(expected))) {
    assert.fail(`got ${found}, expected ${expected}`);
  }
}
