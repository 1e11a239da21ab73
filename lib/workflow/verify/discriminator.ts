import { type DiscriminatorConfig, discriminatorOf } from "../../model/mod.ts";
import { Parameters, shapesOf } from "../../nn/mod.ts";
import {
  type Engine,
  grad,
  type HostTensor,
  type Tensor,
} from "../../tensor/mod.ts";
import { ADVERSARIAL_LOSSES, discriminatorPasses } from "../../train/mod.ts";
import type { Recording } from "../recording/mod.ts";
import { type Check, floatTolerance, gradientTolerance } from "./check.ts";
import { runOnce } from "./run.ts";

/** Running statistics after three passes. */
const STATISTICS_TOLERANCE = 1e-5;

/** Losses of the discriminator whose gradients are recorded. */
const LOSSES = ["hinge", "vanilla"] as const;

/**
 * A discriminator over three passes, as a step of the release makes them: what
 * was made, for the generator, then the images and what was made again. Logits,
 * losses, gradients, and the buffers after the last pass.
 */
export async function* discriminatorCase(
  recording: Recording,
  engine: Engine,
  { config, size }: {
    readonly config: DiscriminatorConfig;
    /** Of the images, in pixels. */
    readonly size: number;
  },
): AsyncGenerator<Check> {
  const network = discriminatorOf(config);
  network.check(config, size);
  const { shape: [batch = 0] } = await recording.read("in/real");
  const images = [batch, 3, size, size];
  const values = await runOnce(engine, {
    name: config.name,
    inputs: {
      real: await recording.read("in/real", images),
      fake: await recording.read("in/fake", images),
    },
    parameters: await recording.weights(
      shapesOf({ ...network.specs(config), ...network.buffers(config) }),
      "weights/",
    ),
    build: ({ real, fake }, parameters) =>
      recordedOutputs({ real: real!, fake: fake!, parameters, config }),
  });
  yield* checks(recording, engine, values);
}

async function* checks(
  recording: Recording,
  engine: Engine,
  values: Readonly<Record<string, HostTensor>>,
): AsyncGenerator<Check> {
  for (const [tensor, actual] of Object.entries(values)) {
    const expected = await recording.read(tensor);
    const tolerance = tensor.startsWith("grad/")
      ? gradientTolerance(engine)
      : tensor.startsWith("out/state/")
      ? STATISTICS_TOLERANCE
      : floatTolerance(engine);
    yield { tensor, actual, expected, tolerance };
  }
}

interface Given {
  readonly real: Tensor;
  readonly fake: Tensor;
  readonly parameters: Readonly<Record<string, Tensor>>;
  readonly config: DiscriminatorConfig;
}

/** Every recorded value as a graph, by the recording's names. */
function recordedOutputs(
  { real, fake, parameters, config }: Given,
): Record<string, Tensor> {
  const { forGenerator, buffers, ...logits } = discriminatorPasses({
    parameters: new Parameters(parameters),
    buffers: parameters,
    images: real,
    reconstruction: fake,
  }, { config, rows: real.shape[0]! });
  const generator = ADVERSARIAL_LOSSES.hinge.generator(forGenerator);
  const outputs: Record<string, Tensor> = {
    "out/logits_fake_generator_pass": forGenerator,
    "out/logits_real": logits.real,
    "out/logits_fake": logits.fake,
    "out/g_loss_hinge": generator,
    "grad/fake": grad(generator, [fake])[0]!,
  };
  const names = Object.keys(discriminatorOf(config).specs(config));
  for (const name of LOSSES) {
    const loss = ADVERSARIAL_LOSSES[name].discriminator(logits);
    outputs[`out/d_loss_${name}`] = loss;
    const gradients = grad(loss, names.map((key) => parameters[key]!));
    names.forEach((key, i) => outputs[`grad/${name}/${key}`] = gradients[i]!);
  }
  for (const [name, value] of Object.entries(buffers)) {
    outputs[`out/state/${name}`] = value;
  }
  return outputs;
}
