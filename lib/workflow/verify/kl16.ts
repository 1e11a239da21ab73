import {
  checkVaeConfig,
  decodeScaled,
  encodeScaled,
  type VaeConfig,
  vaeGrid,
  vaeShapes,
} from "../../model/mod.ts";
import { Parameters } from "../../nn/mod.ts";
import {
  add,
  type Engine,
  type HostTensor,
  hostTensor,
  mul,
  sizeOf,
} from "../../tensor/mod.ts";
import { vaeSchema } from "../../preset/checked.ts";
import type { Recording } from "../recording/mod.ts";
import { type Check, floatTolerance } from "./check.ts";
import { runOnce } from "./run.ts";

/** Most numbers that a recording may ask the formula for. */
const MOST_NUMBERS = 10_000_000;

/** The KL-16 VAE in both directions, with a given draw. */
export async function* kl16Case(
  recording: Recording,
  engine: Engine,
): AsyncGenerator<Check> {
  const config = recording.config(vaeSchema("kl16"));
  checkVaeConfig(config);
  const images = await recording.read("in/images");
  const tokens = [images.shape[0]!, vaeGrid(config) ** 2, config.latent_dim];
  const values = await runOnce(engine, {
    name: "kl16",
    inputs: { images, noise: await recording.read("in/noise", tokens) },
    parameters: klWeights(config),
    build: ({ images, noise }, parameters) => {
      const p = new Parameters(parameters);
      const posterior = encodeScaled(p, images!, config);
      const z = add(posterior.mu, mul(posterior.sigma!, noise!));
      return { ...posterior, z, image: decodeScaled(p, z, config) };
    },
  });
  for (const [name, actual] of Object.entries(values)) {
    const tensor = `out/${name}`;
    const expected = await recording.read(tensor);
    yield { tensor, actual, expected, tolerance: floatTolerance(engine) };
  }
}

/**
 * The weights of a recorded KL-16 VAE, which are a formula, so that recordings
 * are small (make_kl16.py has it too).
 *
 * @throws {RangeError} where the sizes ask for too many
 */
export function klWeights(
  config: VaeConfig<"kl16">,
): Record<string, HostTensor<"f32">> {
  const shapes = Object.entries(vaeShapes(config))
    .sort(([a], [b]) => a < b ? -1 : 1);
  const numbers = shapes.reduce((sum, [, shape]) => sum + sizeOf(shape), 0);
  if (numbers > MOST_NUMBERS) {
    throw new RangeError(
      `Expected at most ${MOST_NUMBERS} weights, found ${numbers}`,
    );
  }
  const weights = shapes.map(([name, shape], k) => {
    const scale = Math.sqrt(3 / sizeOf(shape.slice(1)));
    const data = Float32Array.from({ length: sizeOf(shape) }, (_, i) => {
      const u = element(i, k);
      return shape.length === 1 ? 0.5 + 0.3 * u : u * scale;
    });
    return [name, hostTensor("f32", shape, data)] as const;
  });
  return Object.fromEntries(weights);
}

/** Element i, from -1 to 1, of the weights that come k-th by name. */
function element(i: number, k: number): number {
  const wave = Math.abs(Math.sin(i * 12.9898 + k * 78.233)) * 43758.5453;
  return wave % 1 * 2 - 1;
}
