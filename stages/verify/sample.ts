import { z } from "zod";
import {
  arShapes,
  checkArConfig,
  checkVaeConfig,
  vaeShapes,
} from "../../lib/model/mod.ts";
import { Decoder, Sampler, solverSteps } from "../../lib/sample/mod.ts";
import type { Engine, HostTensor } from "../../lib/tensor/mod.ts";
import { type Check, floatTolerance } from "./check.ts";
import { arConfigOf, MODEL_CONFIG, vaeConfigOf } from "./config.ts";
import type { Recording } from "./recording.ts";

const RUN = z.object({
  name: z.string(),
  solver: z.enum(["euler", "euler_maruyama"]),
  schedule: z.enum(["linear", "constant", "none"]),
  cfg: z.number(),
  steps: z.int().min(1).max(10_000),
});
const CONFIG = MODEL_CONFIG.extend({ runs: z.array(RUN).max(1_000) });

type Run = z.infer<typeof RUN>;

/** Whole sampling runs with recorded noise: tokens, and the images decoded from them. */
export async function* sampleCase(
  recording: Recording,
  engine: Engine,
): AsyncGenerator<Check> {
  const sizes = recording.config(CONFIG);
  const [arConfig, vaeConfig] = [arConfigOf(sizes), vaeConfigOf(sizes)];
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
  const decoder = await Decoder.create(engine, vae, images);
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
        image: await decoder.decode(tokens),
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

function optionsOf({ solver, schedule, cfg, steps }: Run) {
  return {
    solver: solver === "euler" ? "euler" : "euler-maruyama",
    steps,
    guidance: {
      cfg: schedule === "none" ? 1 : cfg,
      schedule: schedule === "none" ? "constant" : schedule,
    },
  } as const;
}

async function readNoise(
  recording: Recording,
  run: Run,
  { images, tokens, d }: { images: number; tokens: number; d: number },
): Promise<HostTensor<"f32">> {
  const { solver, steps, guidance } = optionsOf(run);
  const rows = guidance.cfg > 1 ? 2 * images : images;
  const stochastic = solverSteps({ solver, steps })
    .filter((step) => step.noise > 0).length;
  const shape = [tokens, 1 + stochastic, rows, d];
  const noise = await recording.read(`in/${run.name}/noise`, shape);
  return noise as HostTensor<"f32">;
}
