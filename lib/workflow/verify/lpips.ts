import { z } from "zod";
import {
  PERCEPTUAL_NETWORKS,
  perceptualDistance,
  type Vgg16Config,
} from "../../model/mod.ts";
import { Parameters } from "../../nn/mod.ts";
import { type Engine, grad, mean } from "../../tensor/mod.ts";
import type { Recording } from "../recording/mod.ts";
import { type Check, floatTolerance, gradientTolerance } from "./check.ts";
import { runOnce } from "./run.ts";

const CONFIG = z.object({
  widths: z.array(z.int().min(1).max(4_096)).min(1).max(8),
  repeats: z.array(z.int().min(1).max(8)).min(1).max(8),
  dropout: z.literal(false),
});

/** LPIPS of pairs of images, and its gradient to the reconstructions. */
export async function* lpipsCase(
  recording: Recording,
  engine: Engine,
): AsyncGenerator<Check> {
  const { widths, repeats } = recording.config(CONFIG);
  const config: Vgg16Config = { name: "vgg16-lpips", widths, repeats };
  const network = PERCEPTUAL_NETWORKS["vgg16-lpips"];
  const { shape: [batch = 0, , height = 0, width = 0] } = await recording.read(
    "in/image",
  );
  network.check(config, Math.min(height, width));
  const images = [batch, 3, height, width];
  const values = await runOnce(engine, {
    name: "lpips",
    inputs: {
      image: await recording.read("in/image", images),
      reconstruction: await recording.read("in/reconstruction", images),
    },
    parameters: await recording.weights(network.shapes(config), "weights/"),
    build: (inputs, parameters) => {
      const { image, reconstruction } = inputs;
      const distance = perceptualDistance(network, new Parameters(parameters), {
        image: image!,
        reconstruction: reconstruction!,
        config,
      });
      return {
        "out/lpips": distance,
        "grad/reconstruction": grad(mean(distance), [reconstruction!])[0]!,
      };
    },
  });
  for (const [tensor, actual] of Object.entries(values)) {
    const expected = await recording.read(tensor);
    const tolerance = tensor.startsWith("grad/")
      ? gradientTolerance(engine)
      : floatTolerance(engine);
    yield { tensor, actual, expected, tolerance };
  }
}
