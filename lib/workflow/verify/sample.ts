import {
  arShapes,
  checkArConfig,
  checkVaeConfig,
  vaeShapes,
} from "../../model/mod.ts";
import { FrozenModel } from "../../nn/mod.ts";
import { decoderParts, Sampler } from "../../sample/mod.ts";
import type { Engine } from "../../tensor/mod.ts";
import { type Check, floatTolerance } from "./check.ts";
import { arConfigOf, HYBRID_CONFIG, MODEL_CONFIG } from "./config.ts";
import {
  optionsOf,
  readNoise,
  RECORDED_RUNS,
  type Recording,
} from "../recording/mod.ts";

const CONFIG = MODEL_CONFIG.extend(RECORDED_RUNS.shape);

/** Whole sampling runs with recorded noise: tokens, and the images decoded from them. */
export async function* sampleCase(
  recording: Recording,
  engine: Engine,
): AsyncGenerator<Check> {
  const sizes = recording.config(CONFIG);
  const arConfig = arConfigOf(sizes);
  const vaeConfig = recording.config(HYBRID_CONFIG);
  checkArConfig(arConfig);
  checkVaeConfig(vaeConfig);
  const ar = {
    config: arConfig,
    weights: await recording.weights(arShapes(arConfig), "weights/"),
  };
  const vae = {
    config: vaeConfig,
    weights: await recording.weights(vaeShapes(vaeConfig), "weights/vae."),
  };
  const classes = await recording.read("in/classes");
  const images = classes.shape[0]!;
  const decoder = await FrozenModel.create(engine, decoderParts(vae, images));
  const tolerance = floatTolerance(engine);
  for (const run of sizes.runs) {
    const recorded = await readNoise(recording, run, {
      images,
      tokens: arConfig.grid ** 2,
      d: arConfig.latent_dim,
    });
    const sampler = await Sampler.create(engine, ar, {
      images,
      recorded,
      ...optionsOf(run),
    });
    const tokens = await sampler.sample({
      classes: classes.data as Int32Array,
      indices: new Uint32Array(images),
      seed: 0n,
    });
    sampler.dispose();
    for (
      const [part, actual] of Object.entries({
        tokens,
        image: (await decoder.run({ z: tokens })).images,
      })
    ) {
      const tensor = `out/${run.name}/${part}`;
      yield {
        tensor,
        actual,
        expected: await recording.read(tensor),
        tolerance,
      };
    }
  }
  decoder.dispose();
}
