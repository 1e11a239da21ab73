/** Trainings of every backbone, and of every posterior, on every engine. */
import assert from "node:assert/strict";
import {
  type BackboneName,
  BACKBONES,
  type LatentLaw,
  type Normalization,
  NORMALIZATIONS,
  type PosteriorName,
  POSTERIORS,
  type VaeConfig,
} from "../../../lib/model/mod.ts";
import {
  bindRandom,
  bindScalars,
  startState,
  trainingProgram,
  updateScalars,
  vaeTrainingStep,
} from "../../../lib/train/mod.ts";
import type { DeviceTensor, Engine } from "../../../lib/tensor/mod.ts";
import { BACKBONE_CONFIGS } from "../model/_rows.ts";
import { noise, randomWeights, VAE } from "../model/_models.ts";
import { REFERENCE, testEngines } from "../sphere/_engines.ts";
import { assertNear } from "../sphere/_numbers.ts";
import { rule } from "./_rules.ts";

const ROWS = 2;
const STEPS = 3;
const IMAGES = noise([ROWS, 3, 8, 8], { name: "images", deviation: 0.5 });

/** What each posterior learns beside its mean. */
const SPREADS: Readonly<Record<PosteriorName, readonly string[]>> = {
  "power-spherical": ["kappa"],
  "von-mises-fisher": ["kappa"],
  "gaussian": ["sigma"],
  "fixed-variance": [],
};

type Scalars = Readonly<Record<string, number>>;

/** What each of a few steps on the same images reports. */
async function training(
  config: VaeConfig,
  engine: Engine,
): Promise<readonly Scalars[]> {
  const step = vaeTrainingStep({
    config,
    batch: ROWS,
    klWeight: 0.01,
    update: rule({ rate: 1e-3 }),
  });
  const { generator } = step.players;
  const start = { generator: randomWeights(generator!.shapes) };
  const executable = await engine.compile(trainingProgram(step));
  const state: Record<string, DeviceTensor> = {};
  for (const [name, value] of Object.entries(startState(step, start))) {
    state[name] = await engine.upload(value);
  }
  const reported: Scalars[] = [];
  for (let number = 0; number < STEPS; number++) {
    const outputs = await engine.run(executable, {
      inputs: {
        images: IMAGES,
        ...bindRandom(1, { step: number, rows: ROWS }),
        ...bindScalars(updateScalars(step.players, number)),
      },
      state,
    });
    const scalars: Record<string, number> = {};
    for (const [name, tensor] of Object.entries(outputs)) {
      scalars[name] = (await engine.download(tensor)).data[0]!;
    }
    reported.push(scalars);
  }
  for (const tensor of Object.values(state)) engine.dispose(tensor);
  engine.dispose(executable);
  return reported;
}

const judged = new Map<VaeConfig, Promise<readonly Scalars[]>>();

/** The same in float64, once for all engines. */
function expectedOf(config: VaeConfig): Promise<readonly Scalars[]> {
  const known = judged.get(config) ?? training(config, REFERENCE);
  judged.set(config, known);
  return known;
}

function testTraining(name: string, config: VaeConfig): void {
  testEngines(`a VAE trains: ${name}`, async (engine) => {
    const expected = await expectedOf(config);
    const names = ["l1", "l2", "kl", "loss", "gradientNorm"];
    const parts = SPREADS[config.posterior];
    assert.deepEqual(
      Object.keys(expected[0]!).sort(),
      [...names, ...parts].sort(),
    );
    const found = await training(config, engine);
    for (const [step, scalars] of expected.entries()) {
      for (const [what, value] of Object.entries(scalars)) {
        assertNear([found[step]![what]!], [value], {
          tolerance: 2e-3,
          floor: 0.1,
          what: `${what} at step ${step}`,
        });
      }
    }
    assert.notEqual(expected[0]!["loss"], expected[1]!["loss"]);
  });
}

for (const backbone of Object.keys(BACKBONES) as BackboneName[]) {
  testTraining(backbone, BACKBONE_CONFIGS[backbone]);
}

for (const posterior of Object.keys(POSTERIORS) as PosteriorName[]) {
  for (const normalize of Object.keys(NORMALIZATIONS) as Normalization[]) {
    const law: LatentLaw = { posterior, normalize };
    const isFirst = law.posterior === VAE.posterior;
    const isFree = !POSTERIORS[posterior].onSphere || normalize === "none";
    // The AR model's side of `all` is none of the VAE's.
    if (isFirst || !isFree || normalize === "all") continue;
    const config: VaeConfig = { ...VAE, ...law, c_sigma: 0.5 };
    testTraining(`${posterior}, normalize ${normalize}`, config);
  }
}
